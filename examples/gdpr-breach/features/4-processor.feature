Feature: Article 33(2), from the processor to the controller, and on to the authority

  Scenario: The host finds an intruder in the clinics' records
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    Then "Cloudharbour SARL" must "notify the controller", to "Meridian Clinics B.V.", by "2024-05-15 09:00", under "Article 33(2)", status "active", rule "a33-2.processor"
    And the reason for "notify the controller" contains "EDPB Guidelines 9/2022"
    And nothing else arises

  Scenario: A processor that names a branch tells the controller it is part of
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Lyon branch of Meridian Clinics |
    Then "Cloudharbour SARL" must "notify the controller", to "Meridian Clinics B.V.", by "2024-05-15 09:00"
    And nothing else arises

  Scenario: The processor does not weigh the risk
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
      | risk                 | unlikely              |
    Then "Cloudharbour SARL" must "notify the controller", to "Meridian Clinics B.V."

  Scenario: The notice of the processor starts the controller's 72 hours
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-14 19:45 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V.":
      | risk | a risk |
    Then exactly these duties arise:
      | unit                  | action                | to                          | by               | status |
      | Cloudharbour SARL     | notify the controller | Meridian Clinics B.V.       | 2024-05-15 09:00 | done   |
      | Meridian Clinics B.V. | notify the authority  | Dutch supervisory authority | 2024-05-17 20:00 | active |
      | Meridian Clinics B.V. | document the breach   |                             |                  | active |

  Scenario: A late notice of the processor does not shorten the controller's 72 hours
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-21 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V.":
      | risk | a risk |
    Then "Cloudharbour SARL" must "notify the controller", status "done late"
    And "Meridian Clinics B.V." must "notify the authority", by "2024-05-24 09:00"

  Scenario: The controller found out by itself before the processor wrote
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-14 12:00 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 07:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V."
    Then "Meridian Clinics B.V." must "notify the authority", by "2024-05-17 13:00"
    And "Cloudharbour SARL" must "notify the controller", status "done"

  Scenario: Two controllers use the same host: each is told, each notifies its own authority
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V.":
      | risk | a risk |
    And on 2024-05-14 09:30 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS":
      | risk | a risk |
    Then "Meridian Clinics B.V." must "notify the authority", to "Dutch supervisory authority", by "2024-05-17 09:00"
    And "Meridian Santé SAS" must "notify the authority", to "French supervisory authority", by "2024-05-17 10:00"

  Scenario: Down the chain: a processor of the processor finds it
    When on 2024-05-14 08:00 "Deepstore Ltd" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-14 13:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    Then exactly these duties arise:
      | unit              | action                | to                    | by               |
      | Deepstore Ltd     | notify the controller | Meridian Clinics B.V. | 2024-05-15 08:00 |
      | Cloudharbour SARL | notify the controller | Meridian Clinics B.V. | 2024-05-15 14:00 |

  Scenario: What one processor sends does not serve for the other
    When on 2024-05-14 08:00 "Deepstore Ltd" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-14 13:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    And on 2024-05-14 14:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V."
    Then "Cloudharbour SARL" must "notify the controller", status "done"
    And "Deepstore Ltd" must "notify the controller", status "active"

  Scenario: A branch of the controller is no processor
    When on 2024-05-14 08:00 "Lyon branch of Meridian Clinics" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    Then rule "a33-2.processor" raises nothing, because "processor"
    And nothing arises

  Scenario: The processor does not say whose data it is
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach"
    Then "Cloudharbour SARL" must "notify the controller", by "2024-05-15 09:00", status "active"
    And the recipient of rule "a33-2.processor" is not settled
