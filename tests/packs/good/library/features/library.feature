Feature: Library bylaws
  The second pack of remit: another country, another subject, and not a line of Python.

  Background:
    Given the case "loan-17"
    And "Harbour Library" is a "library branch"
    And "Harbour Library" lies in "Norrtown"

  Scenario: An item more than 14 days late
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | fact      | value |
      | days late | 20    |
      | age       | 34    |
    Then "Harbour Library" must "send a reminder", by "2024-03-06", under "Article 1", status "active"
    And "Harbour Library" may "waive the fee", under "Article 2"
    And rule "a1.guardian" raises nothing, because "subject.age < 16"
    And nothing else arises

  Scenario Outline: Fourteen days are not late
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | <days> |
      | age       | 34     |
    Then rule "a1.reminder" <outcome>

    Examples:
      | days | outcome        |
      | 14   | raises nothing |
      | 15   | raises a duty  |

  Scenario: The borrower is a child
    Given the person's "age" is "11"
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue" about "Ida":
      | days late | 20 |
    Then exactly these duties arise:
      | unit            | action            | modality | to          | by               |
      | Harbour Library | send a reminder   | must     |             | 2024-03-06       |
      | Harbour Library | tell the guardian | must     | Head Office | 2024-03-03 10:00 |
      | Harbour Library | waive the fee     | may      |             |                  |
    And the reason for "send a reminder" contains "within three working days"
    And "send a reminder" rests on the words "more than 14 days overdue"

  Scenario: Nobody has said how old the borrower is
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | 20 |
    Then "Harbour Library" must "tell the guardian", status "undecided"
    When on 2024-03-02 09:00 "item overdue" happens in "Harbour":
      | days late | 21 |
      | age       | 11 |
    Then "Harbour Library" must "tell the guardian", by "2024-03-04 09:00", status "active"

  Scenario: Reminded in time, and too late
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | 20 |
    And time passes to 2024-03-07 08:00
    Then "Harbour Library" must "send a reminder", status "overdue"
    When on 2024-03-08 09:00 "Harbour Library" reports "reminder sent"
    Then "Harbour Library" must "send a reminder", status "done late"

  Scenario: A rare book is lent out
    When on 2024-03-01 "Hill Library" reports "rare book lent out":
      | kind of item | rare book |
    Then "Hill Library" must not "lend rare books out", status "breached"
    And nothing else arises

  Scenario: An ordinary book is lent out
    When on 2024-03-01 "Hill Library" reports "rare book lent out":
      | kind of item | book |
    Then nothing arises

  Scenario: The report was a mistake
    When on 2024-03-01 10:00 "Harbour Library" reports "item lost" as "report 1"
    And on 2024-03-02 "report 1" is retracted
    Then "Harbour Library" must "charge the replacement", status "withdrawn"

  Scenario: A wrong report is put right
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue" as "report 1":
      | days late | 3 |
    And on 2024-03-02 10:00 "report 1" is corrected:
      | days late | 30 |
    Then "Harbour Library" must "send a reminder", by "2024-03-06"

  Scenario: Stock is counted each half-year, or the head office hears of it
    Given it is 2024-07-02
    Then "Hill Library" must "count the stock", period "2024-H1", status "breached"
    And "Hill Library" must "report the failure", to "Head Office", by "2024-07-11"

  Scenario: Before the bylaws took effect
    When on 2024-01-31 10:00 "Harbour Library" reports "item overdue":
      | days late | 20 |
    Then rule "a1.reminder" raises nothing, because "2024-02-01"

  Scenario: A fee is waived by order
    When on 2024-03-01 10:00 "Harbour Library" reports "item lost"
    And on 2024-03-02 rule "a2.charge" is waived by "order 7"
    Then "Harbour Library" must "charge the replacement", status "waived"

  Scenario: Where it happened is not known
    When on 2024-03-01 10:00 "item lost" happens
    Then the bearer of rule "a2.charge" is not settled

  Scenario: A report that cannot be
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | many |
    Then the report is refused with "RM405"
