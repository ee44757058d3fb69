Feature: Article 33(3) and (4), what the notification contains, at once or in phases

  Background:
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |

  Scenario: A complete notification
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified":
      | nature described       | true |
      | contact point given    | true |
      | consequences described | true |
      | measures described     | true |
    Then these duties arise:
      | unit                  | action                           | to                          | status | rule               |
      | Meridian Clinics B.V. | notify the authority             | Dutch supervisory authority | done   | a33-1.notify       |
      | Meridian Clinics B.V. | describe the nature of the breach | Dutch supervisory authority | done   | a33-3a.nature      |
      | Meridian Clinics B.V. | give a contact point             | Dutch supervisory authority | done   | a33-3b.contact     |
      | Meridian Clinics B.V. | describe the likely consequences | Dutch supervisory authority | done   | a33-3c.consequences |
      | Meridian Clinics B.V. | describe the measures            | Dutch supervisory authority | done   | a33-3d.measures    |
      | Meridian Clinics B.V. | document the breach              |                             | active | a33-5.document     |
    And rule "a33-4.phases" raises nothing, because "nature_described"

  Scenario: A first notification that only says what happened
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified":
      | nature described    | true |
      | contact point given | true |
    Then "Meridian Clinics B.V." must "notify the authority", status "done"
    And "Meridian Clinics B.V." must "describe the nature of the breach", status "done"
    And "Meridian Clinics B.V." must "give a contact point", status "done"
    And "Meridian Clinics B.V." must "describe the likely consequences", to "Dutch supervisory authority", by "no end", under "Article 33(3)(c)", status "active", rule "a33-3c.consequences"
    And "Meridian Clinics B.V." must "describe the measures", to "Dutch supervisory authority", by "no end", under "Article 33(3)(d)", status "active", rule "a33-3d.measures"
    And "Meridian Clinics B.V." may "provide the information in phases", to "Dutch supervisory authority", under "Article 33(4)", status "in force", rule "a33-4.phases"
    And "describe the measures" rests on the words "without undue further delay"

  Scenario: The second phase brings the rest
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified":
      | nature described    | true |
      | contact point given | true |
    And on 2024-05-24 16:00 "Meridian Clinics B.V." reports "information added":
      | consequences described | true |
      | measures described     | true |
    Then "Meridian Clinics B.V." must "describe the likely consequences", status "done"
    And "Meridian Clinics B.V." must "describe the measures", status "done"

  Scenario: A third phase is as good as a second
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-24 16:00 "Meridian Clinics B.V." reports "information added":
      | nature described | true |
    And on 2024-06-24 16:00 "Meridian Clinics B.V." reports "information added":
      | contact point given | true |
    Then "Meridian Clinics B.V." must "describe the nature of the breach", to "Dutch supervisory authority", by "no end", under "Article 33(3)(a)", status "done", rule "a33-3a.nature"
    And "Meridian Clinics B.V." must "give a contact point", to "Dutch supervisory authority", by "no end", under "Article 33(3)(b)", status "done", rule "a33-3b.contact"
    And "Meridian Clinics B.V." must "describe the measures", status "active"

  Scenario: A phase left open is shown, and never called overdue
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    And time passes to 2024-12-31
    Then "Meridian Clinics B.V." must "describe the likely consequences", by "no end", status "active"

  Scenario: An incomplete notification is a notification in time
    When on 2024-05-17 10:00 "Meridian Clinics B.V." reports "authority notified"
    Then "Meridian Clinics B.V." must "notify the authority", status "done"
    And rule "a33-1.reasons" raises nothing

  Scenario: Without a notification there is nothing to complete
    When time passes to 2024-05-16
    Then rule "a33-3a.nature" raises nothing
    And rule "a33-3b.contact" raises nothing
    And rule "a33-3c.consequences" raises nothing
    And rule "a33-3d.measures" raises nothing
    And rule "a33-4.phases" raises nothing

  Scenario Outline: One thing is left unsaid, and may follow
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified":
      | <one>     | true |
      | <another> | true |
      | <third>   | true |
    Then "Meridian Clinics B.V." may "provide the information in phases", status "in force"
    And "Meridian Clinics B.V." must "<owed>", status "active"

    Examples:
      | one                 | another                | third                  | owed                              |
      | contact point given | consequences described | measures described     | describe the nature of the breach |
      | nature described    | consequences described | measures described     | give a contact point              |
      | nature described    | contact point given    | measures described     | describe the likely consequences  |
      | nature described    | contact point given    | consequences described | describe the measures             |

  Scenario Outline: A phase discharges only what it brings
    When on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-24 16:00 "Meridian Clinics B.V." reports "information added":
      | <brought> | true |
    Then "Meridian Clinics B.V." must "<done>", status "done"
    And "Meridian Clinics B.V." must "<owed>", status "active"

    Examples:
      | brought                | done                              | owed                              |
      | nature described       | describe the nature of the breach | give a contact point              |
      | contact point given    | give a contact point              | describe the likely consequences  |
      | consequences described | describe the likely consequences  | describe the measures             |
      | measures described     | describe the measures             | describe the nature of the breach |

  Scenario: The branch writes, the controller answers for what is missing, and no other company does
    When on 2024-05-15 09:00 "Lyon branch of Meridian Clinics" reports "authority notified" in "Meridian Clinics B.V."
    Then exactly these duties arise:
      | unit                        | action                            | modality | to                          | status   |
      | Meridian Clinics B.V.       | notify the authority              | must     | Dutch supervisory authority | done     |
      | Meridian Clinics B.V.       | document the breach               | must     |                             | active   |
      | Meridian Clinics B.V.       | describe the nature of the breach | must     | Dutch supervisory authority | active   |
      | Meridian Clinics B.V.       | give a contact point              | must     | Dutch supervisory authority | active   |
      | Meridian Clinics B.V.       | describe the likely consequences  | must     | Dutch supervisory authority | active   |
      | Meridian Clinics B.V.       | describe the measures             | must     | Dutch supervisory authority | active   |
      | Meridian Clinics B.V.       | provide the information in phases | may      | Dutch supervisory authority | in force |
      | Dutch supervisory authority | require communication             | may      | Meridian Clinics B.V.       | in force |
      | Dutch supervisory authority | decide that a condition is met    | may      | Meridian Clinics B.V.       | in force |
