Feature: The 72 hours, to the hour
  By Regulation 1182/71 the hour of the event is not counted (Article 3(1)), and hours run through nights, weekends and holidays (Article 3(3)), as time
  passes and not as clocks are set; but a period of two days or more holds at least two whole working days of the Member State (Article 3(5)).

  Scenario: The clock starts when the controller is aware, not when it happened
    When on 2024-05-03 02:00 "Meridian Clinics B.V." reports "personal data breach" known on 2024-05-14 10:20:
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00"

  Scenario: Before anybody knows, nobody owes anything
    Given it is 2024-05-10 12:00
    When on 2024-05-03 02:00 "Meridian Clinics B.V." reports "risk assessed":
      | risk | a risk |
    Then nothing arises

  Scenario: From Good Friday, 72 hours end with the second working day after Easter
    When on 2024-03-29 10:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-04-03 24:00"

  Scenario: From a Friday, 72 hours end with Tuesday, whatever the clocks do
    When on 2024-10-25 10:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-10-29 24:00"

  Scenario Outline: At the end of the second working day, ten minutes decide
    When on 2024-10-25 10:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on <sent> "Meridian Clinics B.V." reports "authority notified"
    Then "Meridian Clinics B.V." must "notify the authority", status "<status>"
    And rule "a33-1.reasons" <reasons>

    Examples:
      | sent             | status    | reasons        |
      | 2024-10-29 23:55 | done      | raises nothing |
      | 2024-10-30 00:05 | done late | raises a duty  |

  Scenario: Good Friday is worked in Ireland, Easter Monday in neither country
    When on 2024-03-28 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-03-28 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-04-03 24:00"
    And "Meridian Shop Ltd" must "notify the authority", by "2024-04-02 24:00"
    And the reason for "notify the authority" contains "at least 2 working days lie in it"
    And the reason for "notify the authority" contains "Regulation 1182/71 Article 3(5)"

  Scenario: Clocks go back: 24 hours end an hour earlier by the clock
    When on 2024-10-26 10:20 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    Then "Cloudharbour SARL" must "notify the controller", by "2024-10-27 10:00"

  Scenario: Over New Year
    When on 2024-12-30 18:30 "Meridian Santé SAS" reports "personal data breach":
      | risk | a risk |
    Then "Meridian Santé SAS" must "notify the authority", by "2025-01-02 24:00"

  Scenario: A second report of the same breach does not start the clock again
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-16 08:00 "Lyon branch of Meridian Clinics" reports "personal data breach" in "Meridian Clinics B.V.":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00"

  Scenario: The risk was thought unlikely, and turns out otherwise
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | unlikely |
    Then rule "a33-1.notify" raises nothing
    When on 2024-05-20 15:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-23 16:00"

  Scenario: The risk turns out to be unlikely before anything was sent
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | unlikely |
    Then "Meridian Clinics B.V." must "notify the authority", status "withdrawn"
    And rule "a33-1.notify" raises nothing, because "unlikely"
    And "Meridian Clinics B.V." must "document the breach"

  Scenario: What was notified stays notified, whatever the risk turns out to be
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-20 09:00 "Meridian Privacy Office" reports "risk assessed":
      | risk | unlikely |
    Then "Meridian Clinics B.V." must "notify the authority", status "done"

  Scenario: Two limits on one duty, each with its source
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 11:00", at the latest "2024-05-17 11:00"
    And the reason for "notify the authority" contains "of 2 limits the earliest governs"
    And the reason for "notify the authority" contains "as soon as the controller can, within the 72 hours"
