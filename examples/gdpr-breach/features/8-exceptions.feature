Feature: Article 34(3), three reasons not to tell each data subject
  None of them frees the controller from notifying the authority or from documenting the breach.

  Scenario: (a) The stolen disk was encrypted and the key is safe
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | true      |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    Then "Meridian Clinics B.V." may "leave the data subjects uninformed", under "Article 34(3)", status "in force", rule "a34-3a.protected"
    And nobody must "inform the data subjects"
    And "Meridian Clinics B.V." must "notify the authority"
    And "Meridian Clinics B.V." must "document the breach"
    And nothing else arises

  Scenario: (a) Not encrypted
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
    Then rule "a34-3a.protected" raises nothing, because "protected"
    And "Meridian Clinics B.V." must "inform the data subjects"

  Scenario: (a) The key has leaked after all
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | true      |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    And on 2024-06-03 09:00 "Meridian Privacy Office" reports "risk assessed":
      | protection measures applied | false |
    Then "Meridian Clinics B.V." must "inform the data subjects", by "2024-06-06 10:00", status "active"
    And rule "a34-3a.protected" raises nothing

  Scenario: (b) The wrong recipient has deleted the files, and it was verified
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | disproportionate effort     | false     |
    And on 2024-05-15 17:00 "Meridian Clinics B.V." reports "risk assessed":
      | high risk averted | true |
    Then "Meridian Clinics B.V." may "leave the data subjects uninformed", under "Article 34(3)(b)", status "in force", rule "a34-3b.averted"
    And nobody must "inform the data subjects"

  Scenario: (b) The files could not be called back
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
    Then rule "a34-3b.averted" raises nothing, because "averted"
    And "Meridian Clinics B.V." must "inform the data subjects"

  Scenario: (c) Two million former customers without an address: a public communication instead
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    Then "Meridian Shop Ltd" must "communicate publicly instead", to "data subjects", by "2024-05-17 10:00", under "Article 34(3)(c)", status "active", rule "a34-3c.public"
    And nobody must "inform the data subjects"
    And "communicate publicly instead" rests on the words "informed in an equally effective manner"

  Scenario: (c) Each of them can be written to
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | false     |
    Then rule "a34-3c.public" raises nothing, because "disproportionate"
    And "Meridian Shop Ltd" must "inform the data subjects"

  Scenario Outline: (c) Not every public communication will do
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    And on 2024-05-16 08:00 "Meridian Shop Ltd" reports "public communication made":
      | equally effective | <effective> |
    Then "Meridian Shop Ltd" must "communicate publicly instead", status "<status>"

    Examples: a notice in small print, and a banner with a press release
      | effective | status |
      | false     | active |
      | true      | done   |

  Scenario: Encrypted, and too many to write to: not even a public communication is owed
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | true      |
      | high risk averted           | false     |
      | disproportionate effort     | true      |
    Then rule "a34-3c.public" raises nothing
    And nobody must "inform the data subjects"
    And "Meridian Shop Ltd" may "leave the data subjects uninformed", rule "a34-3a.protected"

  Scenario: Without a high risk no exception is needed
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | a risk |
      | protection measures applied | true   |
      | high risk averted           | true   |
      | disproportionate effort     | true   |
    Then rule "a34-3a.protected" raises nothing, because "high"
    And rule "a34-3b.averted" raises nothing, because "high"
    And rule "a34-3c.public" raises nothing, because "high"
    And nobody must "inform the data subjects"

  Scenario: Who has told the data subjects has told them, even if the risk is averted later
    When on 2024-05-14 10:20 "Meridian Clinics B.V." reports "personal data breach":
      | risk | high risk |
    And on 2024-05-15 09:00 "Meridian Clinics B.V." reports "data subjects informed"
    And on 2024-05-20 09:00 "Meridian Privacy Office" reports "risk assessed":
      | high risk averted | true |
    Then "Meridian Clinics B.V." must "inform the data subjects", status "done"

  Scenario Outline: The same holds for a breach that a processor reported
    When on 2024-05-14 08:00 "Cloudharbour SARL" reports "processor notifies the controller" in "Meridian Santé SAS"
    And on 2024-05-14 12:00 "Meridian Privacy Office" reports "risk assessed":
      | risk                        | high risk       |
      | protection measures applied | <protected>     |
      | high risk averted           | <averted>       |
      | disproportionate effort     | <disproportion> |
    Then rule "<exception>" raises a duty
    And nobody must "inform the data subjects"

    Examples:
      | protected | averted | disproportion | exception        |
      | true      | false   | false         | a34-3a.protected |
      | false     | true    | false         | a34-3b.averted   |
      | false     | false   | true          | a34-3c.public    |

  Scenario: The high risk averted, and too many to write to: not even a public communication is owed
    When on 2024-05-14 10:20 "Meridian Shop Ltd" reports "personal data breach":
      | risk                        | high risk |
      | protection measures applied | false     |
      | high risk averted           | true      |
      | disproportionate effort     | true      |
    Then rule "a34-3c.public" raises nothing
    And nobody must "inform the data subjects"

  Scenario Outline: Reported by the branch, the exception is the controller's
    When on 2024-05-14 10:20 "Lyon branch of Meridian Clinics" reports "personal data breach" in "Meridian Clinics B.V.":
      | risk                        | high risk       |
      | protection measures applied | <protected>     |
      | high risk averted           | <averted>       |
      | disproportionate effort     | <disproportion> |
    Then "Meridian Clinics B.V." <norm>
    And nobody must "inform the data subjects"

    Examples:
      | protected | averted | disproportion | norm                                                               |
      | true      | false   | false         | may "leave the data subjects uninformed", rule "a34-3a.protected"  |
      | false     | true    | false         | may "leave the data subjects uninformed", rule "a34-3b.averted"    |
      | false     | false   | true          | must "communicate publicly instead", rule "a34-3c.public"          |
