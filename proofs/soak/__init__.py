"""The product under a steady load for as long as is wanted, while everything around it goes wrong.

standing   two receivers and a dashboard over one PostgreSQL
stream     what is told: lives, and now and then an event with a fault
load       the paced sender of deliveries, each again until it is acknowledged
asking     the product that asks `/v1`, Prometheus, and somebody who opens pages
foes       strangers: each kind of bad input, and what it is to be told
faults     what is killed, struck down and rotated, and when
memory     what every process holds, and whether that grows
account    whether all that was told is there once, and says what it should
run        all of it, for as many seconds as asked
"""
