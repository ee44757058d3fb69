Feature: Article 33(1), the controller notifies the supervisory authority

  Background:
    Given "Meridian Clinics B.V." is a "controller"
    And "Meridian Clinics B.V." lies in "Netherlands"
    And "Lyon branch of Meridian Clinics" lies in "France"

  Scenario: A laptop with patients' files is stolen
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", to "Dutch supervisory authority", by "2024-05-17 11:00", at the latest "2024-05-17 11:00", under "Article 33(1)", status "active", rule "a33-1.notify"
    And "notify the authority" rests on the words "not later than 72 hours after having become aware of it"
    And "Meridian Clinics B.V." must "document the breach", under "Article 33(5)"
    And nothing else arises

  Scenario: A breach that is unlikely to result in a risk is not notified, but documented
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | unlikely |
    Then rule "a33-1.notify" raises nothing, because "unlikely"
    And "Meridian Clinics B.V." must "document the breach", rule "a33-5.document"
    And nothing else arises

  Scenario: A breach in a branch abroad goes to the authority of the main establishment
    When on 2024-05-14 10:20 "Lyon branch of Meridian Clinics" reports "personal data breach" in "Meridian Clinics B.V.":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", to "Dutch supervisory authority"
    And the reason for "notify the authority" contains "Netherlands"

  Scenario: The branch may send the notification for its controller
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Lyon branch of Meridian Clinics" reports "authority notified" in "Meridian Clinics B.V."
    Then "Meridian Clinics B.V." must "notify the authority", status "done"

  Scenario Outline: A company of the group that is a controller of its own has its own authority, and its own clock
    When on 2024-05-14 10:20 "<company>" reports "personal data breach":
      | risk | a risk |
    Then "<company>" must "notify the authority", to "<authority>", by "<by>"

    Examples:
      | company            | authority                    | by               |
      | Meridian Santé SAS | French supervisory authority | 2024-05-17 11:00 |
      | Meridian Shop Ltd  | Irish supervisory authority  | 2024-05-17 10:00 |

  Scenario: Two companies of the group, one incident: each notifies its own authority
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-14 16:00 "Meridian Santé SAS" reports "personal data breach":
      | risk | a risk |
    Then exactly these duties arise:
      | unit                  | action               | to                           | by               |
      | Meridian Clinics B.V. | notify the authority | Dutch supervisory authority  | 2024-05-17 11:00 |
      | Meridian Santé SAS    | notify the authority | French supervisory authority | 2024-05-17 17:00 |
      | Meridian Clinics B.V. | document the breach  |                              |                  |
      | Meridian Santé SAS    | document the breach  |                              |                  |

  Scenario: What one company sends does not serve for another
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-14 16:00 "Meridian Santé SAS" reports "authority notified"
    Then "Meridian Clinics B.V." must "notify the authority", status "active"

  Scenario: The day before the Regulation applied
    When on 2018-05-24 23:59 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    Then rule "a33-1.notify" raises nothing, because "2018-05-25"
    And rule "a33-5.document" raises nothing, because "2018-05-25"
    And nothing arises

  Scenario: The first day of the Regulation
    When on 2018-05-25 00:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", by "2018-05-29 24:00"

  Scenario: It was no breach after all
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach" as "alarm 7":
      | risk | a risk |
    And on 2024-05-15 09:00 "alarm 7" is retracted
    Then "Meridian Clinics B.V." must "notify the authority", status "withdrawn"

  Scenario: A risk that does not exist
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | terrible |
    Then the report is refused with "RM405"
