Feature: What nobody has said is unknown, and somebody is asked

  Scenario: Nobody has weighed the risk: the authority is notified, the data subjects are a question
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach"
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00", status "active"
    And the duty of "Meridian Clinics B.V." to "notify the authority" is rebuttable by "risk"
    And whether "Meridian Clinics B.V." must "inform the data subjects" is undecided, and "data protection officer" is asked for "risk"

  Scenario: The answer comes: a high risk
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach"
    And on 2024-05-15 09:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | high risk |
    Then "Meridian Clinics B.V." must "inform the data subjects", by "2024-05-18 10:00", status "active"
    And "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00", status "active"

  Scenario: The answer comes: no risk to speak of
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach"
    And on 2024-05-15 09:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | unlikely |
    Then rule "a33-1.notify" raises nothing
    And rule "a34-1.inform" raises nothing

  Scenario: Whether the data were encrypted is not known: the data subjects are told, unless it is shown
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                    | high risk |
      | high risk averted       | false     |
      | disproportionate effort | false     |
    Then "Meridian Clinics B.V." must "inform the data subjects", by "2024-05-17 11:00", status "active"
    And the duty of "Meridian Clinics B.V." to "inform the data subjects" is rebuttable by "protection measures applied"

  Scenario: Whether it would be too much effort is not known
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
    Then whether "Meridian Shop Ltd" must "communicate publicly instead" is undecided, and "controller" is asked for "disproportionate effort"

  Scenario: Whether the letter is plain is not known
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 12:00 "Meridian Clinics B.V." reports "data subjects informed":
      | nature described | true |
    Then "Meridian Clinics B.V." must "describe the breach in plain language", status "active"

  Scenario: Nobody says whose breach it is
    When on 2024-05-14 10:20 "personal data breach" happens:
      | risk | a risk |
    Then the bearer of rule "a33-1.notify" is not settled
    And the recipient of rule "a33-1.notify" is not settled
    And the bearer of rule "a33-5.document" is not settled

  Scenario: Whether subsequent measures excuse the controller is not known
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | disproportionate effort     | false     |
    Then whether "Meridian Shop Ltd" may "leave the data subjects uninformed" is undecided, and "controller" is asked for "high risk averted"
    And rule "a34-3b.averted" is undecided, and "high risk averted" is asked for

  Scenario: Nobody says which processor found it
    When on 2024-05-14 08:00 "processor finds a breach" happens:
      | controller concerned | Meridian Clinics B.V. |
    Then the bearer of rule "a33-2.processor" is not settled
