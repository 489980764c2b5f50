"""The queue report: how many people a minute get through one lane, by three ways of checking.

`assumptions` reads what is assumed, `terminal` calculates our gate's part, `visits` draws how long
each person takes, `lane` lets them queue, `study` varies, `report` and `plot` show it.
"""
