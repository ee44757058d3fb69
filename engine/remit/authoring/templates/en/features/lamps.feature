Feature: Street lamps

  Scenario: A broken lamp is repaired within three days
    When on 2024-03-05 20:00 "lamp broken" happens in "East Sampleton"
    Then "Street Lighting Office" must "repair the lamp", by "2024-03-08", under "Article 1"
    And nothing else arises
