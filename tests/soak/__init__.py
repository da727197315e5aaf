"""A seeded driver that troubles real processes of the house, lets all come to rest, and checks.

Read it in this order: ``plan`` (pure: a seed becomes rounds of acts and troubles) and ``fates``
(pure: a seed becomes what happens to each message and receipt); ``entry``, ``world`` and
``carriers`` (pages, workers and the world outside, as they are broken and mended); ``people``
(who acts, and what they were told); ``facts`` (what stands in the database at the end); ``checks``
and ``checks_sent`` (pure: facts become sentences about what is wrong; none is well); ``run``.

What is decided depends on the seed and on names alone: the number of an act, the reference of a
message. What is not reproducible is the processes' own timing: which of two workers claims a
notice first, at which instruction a kill arrives. A seed that failed fails again where the fault
does not hang on that, and soon enough where it does: it is replayed until it does.
"""
