Feature: Article 34(4), the supervisory authority steps in

  Scenario: Once notified, the authority may require communication or decide on a condition
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    Then "Dutch supervisory authority" may "require communication", to "Meridian Clinics B.V.", under "Article 34(4)", status "in force", rule "a34-4.require"
    And "Dutch supervisory authority" may "decide that a condition is met", to "Meridian Clinics B.V.", under "Article 34(4)", status "in force", rule "a34-4.decide"

  Scenario: The authority learns of it from the press
    When on 2024-05-14 10:20 "French supervisory authority" reports "authority learns of the breach" in "Meridian Santé SAS"
    Then "French supervisory authority" may "require communication", to "Meridian Santé SAS"
    And "French supervisory authority" may "decide that a condition is met", to "Meridian Santé SAS"
    And nothing else arises

  Scenario: The data subjects have already been told
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 08:00 "Meridian Clinics B.V." reports "data subjects informed"
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    Then rule "a34-4.require" raises nothing, because "subjects_informed"
    And rule "a34-4.decide" raises nothing, because "subjects_informed"

  Scenario: The authority requires what the controller thought unnecessary
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    And on 2024-05-22 14:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V."
    Then "Meridian Clinics B.V." must "inform the data subjects", to "data subjects", by "2024-05-25 15:00", under "Article 34(4)", status "active", rule "a34-4.obey"
    And "Meridian Santé SAS" has no duty to "inform the data subjects"
    And rule "a34-1.inform" raises nothing

  Scenario: The controller does as required
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-22 14:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V."
    And on 2024-05-24 09:00 "Meridian Clinics B.V." reports "data subjects informed"
    Then "Meridian Clinics B.V." must "inform the data subjects", status "done", rule "a34-4.obey"

  Scenario: As long as the authority requires nothing, nothing is owed on its account
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | a risk |
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "authority notified"
    Then rule "a34-4.obey" raises nothing
    And nobody must "inform the data subjects"

  Scenario Outline: The authority does not accept the controller's exception
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk       |
      | protection measures applied | <protected>     |
      | high risk averted           | <averted>       |
      | disproportionate effort     | <disproportion> |
    Then rule "<exception>" raises a duty
    And nobody must "inform the data subjects"
    When on 2024-05-22 14:00 "Dutch supervisory authority" reports "authority requires communication" in "Meridian Clinics B.V."
    Then "Meridian Clinics B.V." must "inform the data subjects", by "2024-05-25 15:00", rule "a34-4.obey"
    And rule "<exception>" raises nothing
    And rule "a34-1.inform" raises nothing

    Examples:
      | protected | averted | disproportion | exception        |
      | true      | false   | false         | a34-3a.protected |
      | false     | true    | false         | a34-3b.averted   |
      | false     | false   | true          | a34-3c.public    |

  Scenario Outline: The authority decides that a condition is met
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 14:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V.":
      | condition decided | <condition> |
    Then "Meridian Clinics B.V." may "leave the data subjects uninformed", under "Article 34(4)", status "in force", rule "a34-4.decided"
    And "Meridian Santé SAS" has no duty to "leave the data subjects uninformed"
    And rule "a34-4.decided-public" raises nothing, because "condition_decided"
    And nobody must "inform the data subjects"

    Examples:
      | condition           |
      | protection measures |
      | subsequent measures |

  Scenario: The authority decides that the effort would be out of proportion
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 14:00 "Dutch supervisory authority" reports "authority decides on a condition" in "Meridian Clinics B.V.":
      | condition decided | effort out of proportion |
    Then "Meridian Clinics B.V." must "communicate publicly instead", to "data subjects", by "2024-05-18 15:00", under "Article 34(4)", status "active", rule "a34-4.decided-public"
    And "Meridian Santé SAS" has no duty to "communicate publicly instead"
    And rule "a34-4.decided" raises nothing, because "condition_decided"
    And nobody must "inform the data subjects"

  Scenario Outline: The controller pleads effort, the authority finds more: not even a public communication is owed
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    Then "Meridian Shop Ltd" must "communicate publicly instead", status "active"
    When on 2024-05-15 14:00 "Irish supervisory authority" reports "authority decides on a condition" in "Meridian Shop Ltd":
      | condition decided | <condition> |
    Then rule "a34-3c.public" raises nothing
    And "Meridian Shop Ltd" may "leave the data subjects uninformed", rule "a34-4.decided"

    Examples:
      | condition           |
      | protection measures |
      | subsequent measures |

  Scenario: A public communication of that kind discharges what the authority decided
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 14:00 "Irish supervisory authority" reports "authority decides on a condition" in "Meridian Shop Ltd":
      | condition decided | effort out of proportion |
    And on 2024-05-16 14:00 "Meridian Shop Ltd" reports "public communication made":
      | equally effective | false |
    Then "Meridian Shop Ltd" must "communicate publicly instead", status "active", rule "a34-4.decided-public"
    When on 2024-05-17 14:00 "Meridian Shop Ltd" reports "public communication made":
      | equally effective | true |
    Then "Meridian Shop Ltd" must "communicate publicly instead", status "done", rule "a34-4.decided-public"
