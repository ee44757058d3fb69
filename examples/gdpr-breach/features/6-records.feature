Feature: Article 33(5), every breach is documented

  Scenario Outline: Whatever the risk
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | <risk> |
    Then "Meridian Shop Ltd" must "document the breach", by "none", under "Article 33(5)", status "active", rule "a33-5.document"

    Examples:
      | risk      |
      | unlikely  |
      | a risk    |
      | high risk |

  Scenario: A breach at a processor is documented by the controller
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Clinics B.V.":
      | risk | unlikely |
    Then "Meridian Clinics B.V." must "document the breach"
    And "Cloudharbour SARL" has no duty to "document the breach"

  Scenario: While only the processor knows, the controller has nothing to document
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor finds a breach":
      | controller concerned | Meridian Clinics B.V. |
    Then rule "a33-5.document" raises nothing
    And nobody must "document the breach"

  Scenario: A record with facts, effects and remedy
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | unlikely |
    And on 2024-05-20 10:00 "Meridian Shop Ltd" reports "breach documented":
      | facts recorded           | true |
      | effects recorded         | true |
      | remedial action recorded | true |
    Then "Meridian Shop Ltd" must "document the breach", status "done"

  Scenario Outline: A record that lacks a part does not do
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | unlikely |
    And on 2024-05-20 10:00 "Meridian Shop Ltd" reports "breach documented":
      | <one>     | true |
      | <another> | true |
    Then "Meridian Shop Ltd" must "document the breach", status "active"

    Examples: each lacks another part
      | one              | another                  |
      | effects recorded | remedial action recorded |
      | facts recorded   | remedial action recorded |
      | facts recorded   | effects recorded         |

  Scenario: Records that can be verified are kept at every moment, breach or none
    Given it is 2024-01-10
    Then "Meridian Clinics B.V." must "keep records that can be verified", under "Article 33(5)", status "in force", rule "a33-5.verifiable"
    And "Meridian Santé SAS" must "keep records that can be verified"
    And "Meridian Shop Ltd" must "keep records that can be verified"
    And "Cloudharbour SARL" has no duty to "keep records that can be verified"
