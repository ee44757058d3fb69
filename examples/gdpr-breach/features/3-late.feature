Feature: Article 33(1), second sentence: who is late gives reasons

  Background:
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |

  Scenario: Nothing was sent in 72 hours
    When time passes to 2024-05-17 11:01
    Then "Meridian Clinics B.V." must "notify the authority", status "overdue"
    And "Meridian Clinics B.V." must "give reasons for the delay", to "Dutch supervisory authority", by "no end", under "Article 33(1)", status "active", rule "a33-1.reasons"

  Scenario: One minute before the 72 hours are over no reasons are owed
    When time passes to 2024-05-17 10:59
    Then "Meridian Clinics B.V." must "notify the authority", status "active"
    And rule "a33-1.reasons" raises nothing

  Scenario: Late, and with reasons
    When on 2024-05-18 09:00 "Meridian Clinics B.V." reports "authority notified":
      | reasons for the delay given | true |
    Then "Meridian Clinics B.V." must "notify the authority", status "done late"
    And "Meridian Clinics B.V." must "give reasons for the delay", by "2024-05-18 09:00", status "done"

  Scenario: Late, and without a word about why
    When on 2024-05-18 09:00 "Meridian Clinics B.V." reports "authority notified":
      | nature described | true |
    And time passes to 2024-05-18 09:01
    Then "Meridian Clinics B.V." must "notify the authority", status "done late"
    And "Meridian Clinics B.V." must "give reasons for the delay", by "2024-05-18 09:00", status "overdue"

  Scenario: The reasons follow two days later
    When on 2024-05-18 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-20 09:00 "Meridian Clinics B.V." reports "information added":
      | reasons for the delay given | true |
    Then "Meridian Clinics B.V." must "give reasons for the delay", status "done late"

  Scenario: In time, so there is nothing to explain
    When on 2024-05-17 10:15 "Meridian Clinics B.V." reports "authority notified"
    And time passes to 2024-06-01
    Then "Meridian Clinics B.V." must "notify the authority", status "done"
    And rule "a33-1.reasons" raises nothing

  Scenario: The reasons do not make a late notification timely
    When on 2024-05-18 09:00 "Meridian Clinics B.V." reports "authority notified":
      | reasons for the delay given | true |
    And time passes to 2024-07-01
    Then "Meridian Clinics B.V." must "notify the authority", status "done late"

  Scenario: What follows later is no reason for the delay
    When on 2024-05-18 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-20 09:00 "Meridian Clinics B.V." reports "information added":
      | measures described | true |
    Then "Meridian Clinics B.V." must "give reasons for the delay", status "overdue"
