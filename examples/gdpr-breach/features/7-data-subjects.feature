Feature: Article 34(1) and (2), the people themselves are told

  Scenario: Medical files are published on the net
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    Then exactly these duties arise:
      | unit                  | action                   | to                          | by               | rule           |
      | Meridian Clinics B.V. | notify the authority     | Dutch supervisory authority | 2024-05-17 11:00 | a33-1.notify   |
      | Meridian Clinics B.V. | inform the data subjects |                             | 2024-05-17 11:00 | a34-1.inform   |
      | Meridian Clinics B.V. | document the breach      |                             |                  | a33-5.document |

  Scenario: A risk that is not high is for the authority alone
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then rule "a34-1.inform" raises nothing, because "high"
    And rule "a33-1.notify" raises a duty

  Scenario: The limit comes from a reading, and says so
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    Then the reason for "inform the data subjects" contains "recital 86"
    And "inform the data subjects" rests on the words "without undue delay"

  Scenario: The high risk is seen later, and then the clock for the data subjects starts
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-20 08:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | high risk |
    Then "Meridian Clinics B.V." must "inform the data subjects", to "data subjects", by "2024-05-23 09:00", under "Article 34(1)", rule "a34-1.inform"
    And "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00"

  Scenario: The processor's notice says that the risk is high
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS":
      | risk | high risk |
    Then "Meridian Santé SAS" must "inform the data subjects", by "2024-05-17 09:00"
    And "Cloudharbour SARL" has no duty to "inform the data subjects"

  Scenario: A good letter
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | in clear and plain language | true |
      | nature described            | true |
      | contact point given         | true |
      | consequences described      | true |
      | measures described          | true |
    Then "Meridian Clinics B.V." must "inform the data subjects", status "done"
    And "Meridian Clinics B.V." must "describe the breach in plain language", to "data subjects", by "2024-05-15 12:00", under "Article 34(2)", status "done", rule "a34-2.plain"
    And "Meridian Clinics B.V." must "tell the data subjects contact, consequences and measures", to "data subjects", by "2024-05-15 12:00", under "Article 34(2)", status "done", rule "a34-2.contents"

  Scenario: A letter only lawyers can read
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | in clear and plain language | false |
      | nature described            | true  |
      | contact point given         | true  |
      | consequences described      | true  |
      | measures described          | true  |
    Then "Meridian Clinics B.V." must "describe the breach in plain language", status "active"
    And "Meridian Clinics B.V." must "tell the data subjects contact, consequences and measures", status "done"

  Scenario: A letter without advice, and a second one
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | in clear and plain language | true |
      | nature described            | true |
      | contact point given         | true |
    Then "Meridian Clinics B.V." must "tell the data subjects contact, consequences and measures", status "active"
    When on 2024-05-18 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | contact point given    | true |
      | consequences described | true |
      | measures described     | true |
    Then "Meridian Clinics B.V." must "tell the data subjects contact, consequences and measures", status "done late"

  Scenario: Nobody wrote, so no letter is judged
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And time passes to 2024-05-17 11:01
    Then "Meridian Clinics B.V." must "inform the data subjects", status "overdue"
    And rule "a34-2.plain" raises nothing
    And rule "a34-2.contents" raises nothing

  Scenario: Early disclosure would hamper a criminal investigation (recital 88)
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 10:20 rule "a34-1.inform" is suspended by "request of the public prosecutor"
    And time passes to 2024-05-20 10:20
    Then "Meridian Clinics B.V." must "inform the data subjects", status "suspended"
    And "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00"
    When on 2024-05-21 10:20 rule "a34-1.inform" is resumed by "the public prosecutor"
    Then "Meridian Clinics B.V." must "inform the data subjects", by "2024-05-23 11:00", status "active"

  Scenario Outline: A letter that leaves out one of the three
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | <one>     | true |
      | <another> | true |
    Then "Meridian Clinics B.V." must "tell the data subjects contact, consequences and measures", status "active"

    Examples:
      | one                    | another                |
      | contact point given    | consequences described |
      | contact point given    | measures described     |
      | consequences described | measures described     |

  Scenario: The branch writes the letters; the controller answers for them, and no other company does
    When on 2024-05-14 10:20 "Lyon branch of Meridian Clinics" reports "personal data breach" in "Meridian Clinics B.V.":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 12:00 "Lyon branch of Meridian Clinics" reports "data subjects informed" in "Meridian Clinics B.V."
    Then exactly these duties arise:
      | unit                  | action                                                    | status |
      | Meridian Clinics B.V. | notify the authority                                      | active |
      | Meridian Clinics B.V. | document the breach                                       | active |
      | Meridian Clinics B.V. | inform the data subjects                                  | done   |
      | Meridian Clinics B.V. | describe the breach in plain language                     | active |
      | Meridian Clinics B.V. | tell the data subjects contact, consequences and measures | active |

  Scenario: The risk is a fact about the breach, whoever a report is about
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 12:00 "Meridian Privacy Office" reports "risk assessed" about "a patient of the Utrecht clinic":
      | risk | high risk |
    Then "Meridian Clinics B.V." must "inform the data subjects", to "data subjects", by "2024-05-18 13:00", status "active"
