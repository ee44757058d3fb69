Feature: One matter reported again, of something else, and known late
  A breach is one matter however often it is reported, and however many data sets it touches: each duty arises once,
  and its time runs from when the controller could know.

  Scenario: Reported three times: a personal data breach that took much effort
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach" about "first data set" known on 2024-05-15 09:00:
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    And on 2024-05-16 12:00 "Meridian Shop Ltd" reports "personal data breach" about "first data set":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    And on 2024-05-16 12:00 "Meridian Shop Ltd" reports "personal data breach" about "second data set":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    And time passes to 2025-06-18
    Then exactly these duties arise:
      | unit              | action                       | to                          | by               | under            | status  | rule           |
      | Meridian Shop Ltd | notify the authority         | Irish supervisory authority | 2024-05-18 09:00 | Article 33(1)    | overdue | a33-1.notify   |
      | Meridian Shop Ltd | give reasons for the delay   | Irish supervisory authority |                  | Article 33(1)    | active  | a33-1.reasons  |
      | Meridian Shop Ltd | document the breach          |                             |                  | Article 33(5)    | active  | a33-5.document |
      | Meridian Shop Ltd | communicate publicly instead |                             | 2024-05-18 09:00 | Article 34(3)(c) | overdue | a34-3c.public  |

  Scenario: Reported three times: authority notified
    When on 2024-10-25 10:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-10-30 09:05 "Meridian Clinics B.V." reports "authority notified" about "first data set" known on 2024-10-31 09:00
    And on 2024-10-31 12:00 "Meridian Clinics B.V." reports "authority notified" about "first data set"
    And on 2024-10-31 12:00 "Meridian Clinics B.V." reports "authority notified" about "second data set"
    And time passes to 2025-12-02
    Then exactly these duties arise:
      | unit                        | modality | action                            | for            | to                          | by               | under            | status    | rule                |
      | Meridian Clinics B.V.       | must     | notify the authority              |                | Dutch supervisory authority | 2024-10-29 24:00 | Article 33(1)    | done late | a33-1.notify        |
      | Meridian Clinics B.V.       | must     | give reasons for the delay        |                | Dutch supervisory authority | 2024-10-30 09:05 | Article 33(1)    | overdue   | a33-1.reasons       |
      | Meridian Clinics B.V.       | must     | describe the nature of the breach | first data set | Dutch supervisory authority | no end           | Article 33(3)(a) | active    | a33-3a.nature       |
      | Meridian Clinics B.V.       | must     | give a contact point              | first data set | Dutch supervisory authority | no end           | Article 33(3)(b) | active    | a33-3b.contact      |
      | Meridian Clinics B.V.       | must     | describe the likely consequences  | first data set | Dutch supervisory authority | no end           | Article 33(3)(c) | active    | a33-3c.consequences |
      | Meridian Clinics B.V.       | must     | describe the measures             | first data set | Dutch supervisory authority | no end           | Article 33(3)(d) | active    | a33-3d.measures     |
      | Meridian Clinics B.V.       | may      | provide the information in phases | first data set | Dutch supervisory authority |                  | Article 33(4)    | in force  | a33-4.phases        |
      | Meridian Clinics B.V.       | must     | document the breach               |                |                             |                  | Article 33(5)    | active    | a33-5.document      |
      | Dutch supervisory authority | may      | require communication             | first data set | Meridian Clinics B.V.       |                  | Article 34(4)    | in force  | a34-4.require       |
      | Dutch supervisory authority | may      | decide that a condition is met    | first data set | Meridian Clinics B.V.       |                  | Article 34(4)    | in force  | a34-4.decide        |

  Scenario: Reported three times: data subjects informed
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed" about "first data set" known on 2024-05-16 09:00:
      | nature described | true |
    And on 2024-05-17 12:00 "Meridian Clinics B.V." reports "data subjects informed" about "first data set":
      | nature described | true |
    And on 2024-05-17 12:00 "Meridian Clinics B.V." reports "data subjects informed" about "second data set":
      | nature described | true |
    And time passes to 2025-06-19
    Then these duties arise:
      | unit                  | action                                                    | for            | to                          | by               | under         | status  | rule           |
      | Meridian Clinics B.V. | notify the authority                                      |                | Dutch supervisory authority | 2024-05-17 11:00 | Article 33(1) | overdue | a33-1.notify   |
      | Meridian Clinics B.V. | give reasons for the delay                                |                | Dutch supervisory authority |                  | Article 33(1) | active  | a33-1.reasons  |
      | Meridian Clinics B.V. | document the breach                                       |                |                             |                  | Article 33(5) | active  | a33-5.document |
      | Meridian Clinics B.V. | inform the data subjects                                  |                |                             | 2024-05-17 11:00 | Article 34(1) | done    | a34-1.inform   |
      | Meridian Clinics B.V. | describe the breach in plain language                     | first data set |                             | 2024-05-16 09:00 | Article 34(2) | overdue | a34-2.plain    |
      | Meridian Clinics B.V. | tell the data subjects contact, consequences and measures | first data set |                             | 2024-05-16 09:00 | Article 34(2) | overdue | a34-2.contents |
    And "Meridian Clinics B.V." may "leave the data subjects uninformed", under "Article 34(3)", status "undecided", rule "a34-3a.protected"
    And "Meridian Clinics B.V." may "leave the data subjects uninformed", under "Article 34(3)(b)", status "undecided", rule "a34-3b.averted"
    And whether "Meridian Clinics B.V." must "communicate publicly instead" is undecided, and "controller" is asked for "disproportionate effort"
    And the duty of "Meridian Clinics B.V." to "inform the data subjects" is rebuttable by "protection measures applied"
    And nothing else arises

  Scenario: Reported three times: processor finds a breach
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach" about "first data set" known on 2024-05-15 09:00:
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-16 12:00 "Cloudharbour SARL" reports "processor finds a breach" about "first data set":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-16 12:00 "Cloudharbour SARL" reports "processor finds a breach" about "second data set":
      | controller concerned | Meridian Clinics B.V. |
    And time passes to 2025-06-18
    Then "Cloudharbour SARL" must "notify the controller", to "Meridian Clinics B.V.", by "2024-05-16 10:00", under "Article 33(2)", status "overdue", rule "a33-2.processor"
    And nothing else arises

  Scenario: Reported three times: processor notifies the controller
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS" about "first data set" known on 2024-05-15 09:00:
      | risk | high risk |
    And on 2024-05-16 12:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS" about "first data set":
      | risk | high risk |
    And on 2024-05-16 12:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS" about "second data set":
      | risk | high risk |
    And time passes to 2025-06-18
    Then these duties arise:
      | unit               | action                     | to                           | by               | under         | status  | rule           |
      | Meridian Santé SAS | notify the authority       | French supervisory authority | 2024-05-18 10:00 | Article 33(1) | overdue | a33-1.notify   |
      | Meridian Santé SAS | give reasons for the delay | French supervisory authority |                  | Article 33(1) | active  | a33-1.reasons  |
      | Meridian Santé SAS | document the breach        |                              |                  | Article 33(5) | active  | a33-5.document |
      | Meridian Santé SAS | inform the data subjects   |                              | 2024-05-18 10:00 | Article 34(1) | overdue | a34-1.inform   |
    And "Meridian Santé SAS" may "leave the data subjects uninformed", under "Article 34(3)", status "undecided", rule "a34-3a.protected"
    And "Meridian Santé SAS" may "leave the data subjects uninformed", under "Article 34(3)(b)", status "undecided", rule "a34-3b.averted"
    And whether "Meridian Santé SAS" must "communicate publicly instead" is undecided, and "controller" is asked for "disproportionate effort"
    And the duty of "Meridian Santé SAS" to "inform the data subjects" is rebuttable by "protection measures applied"
    And nothing else arises

  Scenario: Reported three times: authority requires communication
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-22 14:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V." about "first data set" known on 2024-05-23 09:00
    And on 2024-05-24 12:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V." about "first data set"
    And on 2024-05-24 12:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V." about "second data set"
    And time passes to 2025-06-26
    Then exactly these duties arise:
      | unit                  | action                     | for            | to                          | by               | under         | status  | rule           |
      | Meridian Clinics B.V. | notify the authority       |                | Dutch supervisory authority | 2024-05-17 11:00 | Article 33(1) | overdue | a33-1.notify   |
      | Meridian Clinics B.V. | give reasons for the delay |                | Dutch supervisory authority |                  | Article 33(1) | active  | a33-1.reasons  |
      | Meridian Clinics B.V. | document the breach        |                |                             |                  | Article 33(5) | active  | a33-5.document |
      | Meridian Clinics B.V. | inform the data subjects   | first data set |                             | 2024-05-27 24:00 | Article 34(4) | overdue | a34-4.obey     |

  Scenario: Reported three times: the authority decides that the data were protected
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 14:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "first data set" known on 2024-05-16 09:00:
      | condition decided | protection measures |
    And on 2024-05-17 12:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "first data set":
      | condition decided | protection measures |
    And on 2024-05-17 12:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "second data set":
      | condition decided | protection measures |
    And time passes to 2025-06-19
    Then exactly these duties arise:
      | unit                  | modality | action                             | for            | to                          | by               | under         | status    | rule           |
      | Meridian Clinics B.V. | must     | notify the authority               |                | Dutch supervisory authority | 2024-05-17 11:00 | Article 33(1) | overdue   | a33-1.notify   |
      | Meridian Clinics B.V. | must     | give reasons for the delay         |                | Dutch supervisory authority |                  | Article 33(1) | active    | a33-1.reasons  |
      | Meridian Clinics B.V. | must     | document the breach                |                |                             |                  | Article 33(5) | active    | a33-5.document |
      | Meridian Clinics B.V. | must     | inform the data subjects           |                |                             | 2024-05-17 11:00 | Article 34(1) | withdrawn | a34-1.inform   |
      | Meridian Clinics B.V. | may      | leave the data subjects uninformed | first data set |                             |                  | Article 34(4) | in force  | a34-4.decided  |

  Scenario: Reported three times: the authority decides that the effort is out of proportion
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 14:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "first data set" known on 2024-05-16 09:00:
      | condition decided | effort out of proportion |
    And on 2024-05-17 12:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "first data set":
      | condition decided | effort out of proportion |
    And on 2024-05-17 12:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V." about "second data set":
      | condition decided | effort out of proportion |
    And time passes to 2025-06-19
    Then exactly these duties arise:
      | unit                  | action                       | for            | to                          | by               | under         | status    | rule                 |
      | Meridian Clinics B.V. | notify the authority         |                | Dutch supervisory authority | 2024-05-17 11:00 | Article 33(1) | overdue   | a33-1.notify         |
      | Meridian Clinics B.V. | give reasons for the delay   |                | Dutch supervisory authority |                  | Article 33(1) | active    | a33-1.reasons        |
      | Meridian Clinics B.V. | document the breach          |                |                             |                  | Article 33(5) | active    | a33-5.document       |
      | Meridian Clinics B.V. | inform the data subjects     |                |                             | 2024-05-17 11:00 | Article 34(1) | withdrawn | a34-1.inform         |
      | Meridian Clinics B.V. | communicate publicly instead | first data set |                             | 2024-05-21 24:00 | Article 34(4) | overdue   | a34-4.decided-public |

  Scenario: Reported three times: public communication made
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 14:00 "Irish supervisory authority" reports "authority decides on a condition" in "Meridian Shop Ltd":
      | condition decided | effort out of proportion |
    And on 2024-05-16 14:00 "Meridian Shop Ltd" reports "public communication made":
      | equally effective | false |
    And on 2024-05-17 14:00 "Meridian Shop Ltd" reports "public communication made" about "first data set" known on 2024-05-18 09:00:
      | equally effective | true |
    And on 2024-05-19 12:00 "Meridian Shop Ltd" reports "public communication made" about "first data set":
      | equally effective | true |
    And on 2024-05-19 12:00 "Meridian Shop Ltd" reports "public communication made" about "second data set":
      | equally effective | true |
    And time passes to 2025-06-21
    Then these duties arise:
      | unit              | action                       | to                          | by               | under         | status  | rule                 |
      | Meridian Shop Ltd | notify the authority         | Irish supervisory authority | 2024-05-17 10:00 | Article 33(1) | overdue | a33-1.notify         |
      | Meridian Shop Ltd | give reasons for the delay   | Irish supervisory authority |                  | Article 33(1) | active  | a33-1.reasons        |
      | Meridian Shop Ltd | document the breach          |                             |                  | Article 33(5) | active  | a33-5.document       |
      | Meridian Shop Ltd | communicate publicly instead |                             | 2024-05-18 14:00 | Article 34(4) | done    | a34-4.decided-public |
    And "Meridian Shop Ltd" may "leave the data subjects uninformed", under "Article 34(3)", status "undecided", rule "a34-3a.protected"
    And "Meridian Shop Ltd" may "leave the data subjects uninformed", under "Article 34(3)(b)", status "undecided", rule "a34-3b.averted"
    And whether "Meridian Shop Ltd" must "communicate publicly instead" is undecided, and "controller" is asked for "disproportionate effort"
    And nothing else arises

  Scenario: A plain letter that does not describe the breach is no communication of its nature
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | in clear and plain language | true  |
      | nature described            | false |
    Then "Meridian Clinics B.V." must "describe the breach in plain language", status "active", rule "a34-2.plain"
