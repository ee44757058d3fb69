"""When: working days, deadlines and the periods of recurring duties.

Timings and moments come in; `Deadline` records leave, each with the steps that led there.
"""
