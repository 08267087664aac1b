/**
 * Transcripts of real httpd 2.4.71 (spec: httpd 11): members, then one line per request or event, each with the state
 * after it. `5 req  Bx C  200 changed  lb 0 -100 100 busy 0 0 0 [B:E]`: B was tried and failed, C served (`-`: nobody
 * did), the client saw 200 and a new route cookie; then lbstatus and busy of A, B, C, and the flags of B. `tx` and `rx`
 * are bytes transferred and read. `route=q` sends the cookie `S=x.q`; `open` and `close` hold a request meanwhile,
 * and `slow` is never answered.
 * (E28 was taken without the marks; they are from a later run.)
 */
export const transcripts: readonly (readonly [title: string, transcript: string])[] = [
  [
    'E1. byrequests 1/1/1',
    `
Members: A; B; C. Balancer: defaults.
  1 req          A          200  lb -200 100 100
  2 req          B          200  lb -100 -100 200
  3 req          C          200  lb 0 0 0
  4 req          A          200  lb -200 100 100
  5 req          B          200  lb -100 -100 200
  6 req          C          200  lb 0 0 0
  7 req          A          200  lb -200 100 100`,
  ],
  [
    'E2. byrequests 1/2/3',
    `
Members: A loadfactor=1; B loadfactor=2; C loadfactor=3. Balancer: defaults.
  1 req          C          200  lb 100 200 -300
  2 req          B          200  lb 200 -200 0
  3 req          A          200  lb -300 0 300
  4 req          C          200  lb -200 200 0
  5 req          B          200  lb -100 -200 300
  6 req          C          200  lb 0 0 0
  7 req          C          200  lb 100 200 -300
  8 req          B          200  lb 200 -200 0`,
  ],
  [
    'E3. byrequests 1.5/1',
    `
Members: A loadfactor=1.5; B loadfactor=1. Balancer: defaults.
  1 req          A          200  lb -100 100
  2 req          B          200  lb 50 -50
  3 req          A          200  lb -50 50
  4 req          B          200  lb 100 -100
  5 req          A          200  lb 0 0
  6 req          A          200  lb -100 100
  7 req          B          200  lb 50 -50`,
  ],
  [
    'E4. byrequests 1.15/2.3 (factor truncation: 114 and 229)',
    `
Members: A loadfactor=1.15; B loadfactor=2.3. Balancer: defaults.
  1 req          B          200  lb 114 -114
  2 req          A          200  lb -115 115
  3 req          B          200  lb -1 1
  4 req          B          200  lb 113 -113
  5 req          A          200  lb -116 116`,
  ],
  [
    'E5. byrequests 7/3: ten-pick cycle',
    `
Members: A loadfactor=7; B loadfactor=3. Balancer: defaults.
  1 req          A          200  lb -300 300
  2 req          B          200  lb 400 -400
  3 req          A          200  lb 100 -100
  4 req          A          200  lb -200 200
  5 req          A          200  lb -500 500
  6 req          B          200  lb 200 -200
  7 req          A          200  lb -100 100
  8 req          A          200  lb -400 400
  9 req          B          200  lb 300 -300
 10 req          A          200  lb 0 0
 11 req          A          200  lb -300 300`,
  ],
  [
    'E6. Failure in the middle, recovery after retry',
    `
Members: A retry=2; B retry=2; C retry=2. Balancer: defaults.
  1 req          A          200  lb -200 100 100
  2 req          B          200  lb -100 -100 200
    -- B goes down
  3 req          C          200  lb 0 0 0
  4 req          A          200  lb -200 100 100
  5 req          Bx C       200  lb 0 -100 100 [B:E]
  6 req          C          200  lb 100 -100 0 [B:E]
  7 req          A          200  lb 0 -100 100 [B:E]
    -- B is back
  8 req          C          200  lb 100 -100 0 [B:E]
  9 req          A          200  lb 0 -100 100 [B:E]
    -- 2.2 s later (retry elapsed)
 10 req          C          200  lb 100 0 -100
 11 req          A          200  lb -100 100 0
 12 req          B          200  lb 0 -100 100
 13 req          C          200  lb 100 0 -100`,
  ],
  [
    'E7. Both members down, forcerecovery=On (default)',
    `
Members: A; B retry=60. Balancer: defaults.
  1 req          A          200  lb -100 100
    -- A goes down
    -- B goes down
  2 req          Bx Ax -    503  lb 0 0 [A:E B:E]
  3 req          Ax Bx -    503  lb -100 100 [A:E B:E]
  4 req          Bx Ax -    503  lb 0 0 [A:E B:E]
    -- A is back
  5 req          A          200  lb -100 100
  6 req          Bx A       200  lb 0 0 [B:E]
  7 req          A          200  lb 0 0 [B:E]
  8 req          A          200  lb 0 0 [B:E]`,
  ],
  [
    'E8. Both down, forcerecovery=Off',
    `
Members: A retry=2; B retry=60. Balancer: forcerecovery=Off.
    -- A goes down
    -- B goes down
  1 req          Ax Bx -    503  lb -100 100 [A:E B:E]
  2 req          -          503  lb -100 100 [A:E B:E]
  3 req          -          503  lb -100 100 [A:E B:E]
    -- A is back
    -- B is back
  4 req          -          503  lb -100 100 [A:E B:E]
    -- 2.2 s later
  5 req          A          200  lb -100 100 [B:E]
  6 req          A          200  lb -100 100 [B:E]`,
  ],
  [
    'E9. maxattempts=1 with three of four members down',
    `
Members: A; B; C; D. Balancer: maxattempts=1.
    -- A goes down
    -- B goes down
    -- C goes down
  1 req          Ax Bx -    503  lb -300 -100 200 200 [A:E B:E]
  2 req          Cx D       200  lb -300 -100 100 300 [A:E B:E C:E]
  3 req          D          200  lb -300 -100 100 300 [A:E B:E C:E]`,
  ],
  [
    'E10. maxattempts=0: no failover at all',
    `
Members: A; B; C. Balancer: maxattempts=0.
    -- A goes down
  1 req          Ax -       503  lb -200 100 100 [A:E]
  2 req          B          200  lb -200 0 200 [A:E]
  3 req          C          200  lb -200 100 100 [A:E]`,
  ],
  [
    'E11. maxattempts larger than the member count re-enters through forced recovery',
    `
Members: A; B. Balancer: maxattempts=3.
    -- A goes down
    -- B goes down
  1 req          Ax Bx Bx Ax - 503  lb 0 0 [A:E B:E]`,
  ],
  [
    'E12. A disabled member blocks forced recovery',
    `
Members: A retry=2; B status=+D. Balancer: defaults.
    -- A goes down
  1 req          Ax -       503  lb 0 0 [A:E B:D]
  2 req          -          503  lb 0 0 [A:E B:D]
    -- A is back
  3 req          -          503  lb 0 0 [A:E B:D]
    -- 2.2 s later
  4 req          A          200  lb 0 0 [B:D]`,
  ],
  [
    'E13. Ignore-errors member that is down',
    `
Members: A status=+I; B. Balancer: defaults.
    -- A goes down
  1 req          Ax -       503  lb -100 100 [A:I]
  2 req          B          200  lb 0 0 [A:I]
  3 req          Ax -       503  lb -100 100 [A:I]
  4 req          B          200  lb 0 0 [A:I]`,
  ],
  [
    'E14. Hot standby: activation and return (two standbys, D weighs 2)',
    `
Members: A retry=1; B retry=1; C status=+H; D status=+H loadfactor=2. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 [C:H D:H]
  2 req          B          200  lb 0 0 0 0 [C:H D:H]
    -- A goes down
  3 req          Ax B       200  lb -100 100 0 0 [A:E C:H D:H]
  4 req          B          200  lb -100 100 0 0 [A:E C:H D:H]
    -- B goes down
  5 req          Bx D       200  lb -100 100 100 -100 [A:E B:E C:H D:H]
  6 req          C          200  lb -100 100 -100 100 [A:E B:E C:H D:H]
  7 req          D          200  lb -100 100 0 0 [A:E B:E C:H D:H]
  8 req          D          200  lb -100 100 100 -100 [A:E B:E C:H D:H]
    -- A is back
    -- 1.2 s later
  9 req          Bx A       200  lb 0 0 100 -100 [B:E C:H D:H]
 10 req          A          200  lb 0 0 100 -100 [B:E C:H D:H]`,
  ],
  [
    'E15. Hot spares replace one unusable member each',
    `
Members: A retry=1; B retry=1; C status=+R; D status=+R. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 [C:R D:R]
  2 req          B          200  lb 0 0 0 0 [C:R D:R]
    -- A goes down
  3 req          Ax B       200  lb -100 0 100 0 [A:E C:R D:R]
  4 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  5 req          B          200  lb -100 0 100 0 [A:E C:R D:R]
  6 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  7 req          B          200  lb -100 0 100 0 [A:E C:R D:R]
    -- B goes down
  8 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  9 req          Bx C       200  lb -100 0 0 100 [A:E B:E C:R D:R]
 10 req          D          200  lb -100 0 100 0 [A:E B:E C:R D:R]
 11 req          C          200  lb -100 0 0 100 [A:E B:E C:R D:R]
    -- A is back
    -- B is back
    -- 1.2 s later
 12 req          B          200  lb 0 -100 0 100 [C:R D:R]
 13 req          A          200  lb -100 0 0 100 [C:R D:R]`,
  ],
  [
    'E16. Load-balancer sets: standby of set 0 precedes set 1',
    `
Members: A retry=1; B retry=1; C status=+H; D lbset=1; E lbset=7. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 0 [C:H]
  2 req          B          200  lb 0 0 0 0 0 [C:H]
    -- A goes down
    -- B goes down
  3 req          Ax Bx C    200  lb -100 100 0 0 0 [A:E B:E C:H]
  4 req          C          200  lb -100 100 0 0 0 [A:E B:E C:H]
    -- C goes down
  5 req          Cx D       200  lb -100 100 0 0 0 [A:E B:E C:EH]
  6 req          D          200  lb -100 100 0 0 0 [A:E B:E C:EH]
    -- D goes down
  7 req          Dx E       200  lb -100 100 0 0 0 [A:E B:E C:EH D:E]
    -- A is back
    -- 1.2 s later
  8 req          Bx A       200  lb 0 0 0 0 0 [B:E C:EH D:E]
  9 req          A          200  lb 0 0 0 0 0 [B:E C:EH D:E]`,
  ],
  [
    'E17. Draining member, spare replaces it, sticky still reaches it',
    `
Members: A route=a; B route=b status=+N; C route=c status=+R. Balancer: stickysession=S.
  1 req          A          200 changed  lb -100 0 100 [B:N C:R]
  2 req          C          200 changed  lb 0 0 0 [B:N C:R]
  3 req          A          200 changed  lb -100 0 100 [B:N C:R]
  4 route=b      B          200  lb 0 -200 200 [B:N C:R]
  5 route=b      B          200  lb 100 -400 300 [B:N C:R]
  6 req          C          200 changed  lb 200 -400 200 [B:N C:R]
  7 req          A          200 changed  lb 100 -400 300 [B:N C:R]
  8 req          C          200 changed  lb 200 -400 200 [B:N C:R]`,
  ],
  [
    'E18. Disabled, stopped and redirect with sticky routes',
    `
Members: A route=a; B route=b status=+D; C route=c status=+S; D route=d status=+D redirect=a; E route=e. Balancer: stickysession=S.
  1 req          A          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]
  2 route=b      E          200 changed  lb 0 0 0 0 0 [B:D C:S D:D]
  3 route=c      A          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]
  4 route=d      A          200 changed  lb -200 0 0 0 200 [B:D C:S D:D]
  5 route=d      A          200 changed  lb -300 0 0 0 300 [B:D C:S D:D]
  6 req          E          200 changed  lb -200 0 0 0 200 [B:D C:S D:D]
  7 req          E          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]`,
  ],
  [
    'E19. Redirect chain a->b->c, and a redirect cycle',
    `
Members: A route=a status=+D redirect=b; B route=b status=+D redirect=c; C route=c; D route=d status=+D redirect=e; E route=e status=+D redirect=d. Balancer: stickysession=S.
  1 route=a      C          200 changed  lb 0 0 0 0 0 [A:D B:D D:D E:D]
  2 route=d      C          200 changed  lb 0 0 0 0 0 [A:D B:D D:D E:D]`,
  ],
  [
    'E20. Sticky hits create weighted debt (weights 1/2/1, standby D, other set E)',
    `
Members: A route=a; B route=b loadfactor=2; C route=c; D route=d status=+H; E route=e lbset=1. Balancer: stickysession=S.
  1 req          B          200 changed  lb 100 -200 100 0 0 [D:H]
  2 req          A          200 changed  lb -200 0 200 0 0 [D:H]
  3 route=a      A          200  lb -700 200 300 100 100 [D:H]
  4 route=a      A          200  lb -1200 400 400 200 200 [D:H]
  5 route=a      A          200  lb -1700 600 500 300 300 [D:H]
  6 req          B          200 changed  lb -1600 400 600 300 300 [D:H]
  7 req          C          200 changed  lb -1500 600 300 300 300 [D:H]
  8 req          B          200 changed  lb -1400 400 400 300 300 [D:H]
  9 req          B          200 changed  lb -1300 200 500 300 300 [D:H]
 10 req          C          200 changed  lb -1200 400 200 300 300 [D:H]
 11 req          B          200 changed  lb -1100 200 300 300 300 [D:H]
 12 req          B          200 changed  lb -1000 0 400 300 300 [D:H]
 13 req          C          200 changed  lb -900 200 100 300 300 [D:H]
 14 route=d      D          200  lb -800 400 200 -200 400 [D:H]
 15 route=e      E          200  lb -700 600 300 -100 -100 [D:H]
 16 route=zz     B          200 changed  lb -600 400 400 -100 -100 [D:H]`,
  ],
  [
    'E21. Sticky member dies: failover inside the request, then re-routing',
    `
Members: A route=a retry=2; B route=b; C route=c. Balancer: stickysession=S.
  1 route=a      A          200  lb -200 100 100
    -- A goes down
  2 route=a      Ax B       200 changed  lb -400 100 300 [A:E]
  3 route=a      C          200 changed  lb -400 200 200 [A:E]
  4 route=a      B          200 changed  lb -400 100 300 [A:E]
    -- A is back
    -- 2.2 s later
  5 route=a      A          200  lb -600 200 400`,
  ],
  [
    'E22. nofailover=On',
    `
Members: A route=a retry=2; B route=b. Balancer: stickysession=S nofailover=On.
    -- A goes down
  1 route=a      Ax -       503  lb -100 100 [A:E]
  2 route=a      -          503  lb -100 100 [A:E]
  3 route=zz     B          200 changed  lb -100 100 [A:E]
  4 route=       B          200 changed  lb -100 100 [A:E]
    -- A is back
  5 route=a      -          503  lb -100 100 [A:E]
    -- 2.2 s later
  6 route=a      A          200  lb -200 200`,
  ],
  [
    'E23. Several members share a route; the standby only in the second pass',
    `
Members: A route=a retry=1; B route=a; C route=a status=+H; D route=b. Balancer: stickysession=S.
  1 route=a      A          200  lb -300 100 100 100 [C:H]
    -- A goes down
  2 route=a      Ax B       200  lb -600 0 300 300 [A:E C:H]
    -- manager: disable B -> lb -600 0 300 300 [A:E B:D C:H]
  3 route=a      C          200  lb -600 0 200 400 [A:E B:D C:H]
    -- A is back
    -- 1.2 s later
  4 route=a      A          200  lb -800 0 300 500 [B:D C:H]`,
  ],
  [
    'E24. failonstatus=503,500; C ignores errors',
    `
Members: A retry=2; B; C status=+I. Balancer: failonstatus=503,500.
  1 BE says 503  A          503  lb -200 100 100 [A:E C:I]
  2 BE says 404  B          404  lb -200 0 200 [A:E C:I]
  3 BE says 503  C          503  lb -200 100 100 [A:E C:I]
  4 req          B          200  lb -200 0 200 [A:E C:I]
    -- 2.2 s later
  5 req          C          200  lb -100 100 0 [C:I]
  6 req          B          200  lb 0 -100 100 [C:I]`,
  ],
  [
    'E25. Read timeout: 502, no error state; with failontimeout the member is marked',
    `
Members: A timeout=1 retry=9; B timeout=1. Balancer: defaults.
  1 slow         Ax -       502  lb -100 100
  2 req          B          200  lb 0 0`,
  ],
  [
    'E26. same with failontimeout',
    `
Members: A timeout=1 retry=9; B timeout=1. Balancer: failontimeout=On.
  1 slow         Ax -       502  lb -100 100 [A:E]
  2 req          B          200  lb -100 100 [A:E]
  3 req          B          200  lb -100 100 [A:E]`,
  ],
  [
    'E27. bytraffic, factors 1/1/2, different body sizes',
    `
Members: A; B; C loadfactor=2. Balancer: lbmethod=bytraffic.
  1 body 5000    A          200  tx 193 0 0 rx 5015 0 0
  2 body 100     B          200  tx 193 192 0 rx 5015 115 0
  3 body 10      C          200  tx 193 192 191 rx 5015 115 25
  4 body 10      C          200  tx 193 192 382 rx 5015 115 50
  5 body 10      C          200  tx 193 192 573 rx 5015 115 75
  6 body 4000    B          200  tx 193 385 573 rx 5015 4130 75
  7 body 300     C          200  tx 193 385 765 rx 5015 4130 390
  8 body 300     C          200  tx 193 385 957 rx 5015 4130 705
  9 body 300     C          200  tx 193 385 1149 rx 5015 4130 1020`,
  ],
  [
    'E28. bytraffic counts request bytes too (POST 20000) and never uses lbstatus',
    `
Members: A route=a; B route=b. Balancer: lbmethod=bytraffic stickysession=S.
  1 POST 20000   A          200 changed  lb 0 0 tx 20214 0 rx 18 0
  2 req          B          200 changed  lb 0 0 tx 20214 190 rx 18 18
  3 req          B          200 changed  lb 0 0 tx 20214 380 rx 18 36
  4 route=a      A          200  lb -100 100 tx 20419 380 rx 36 36
  5 req          B          200 changed  lb -100 100 tx 20419 570 rx 36 54`,
  ],
  [
    'E29. bybusyness with overlapping requests, equal factors',
    `
Members: A; B; C. Balancer: lbmethod=bybusyness.
  1 open k1      A              lb -200 100 100 busy 1 0 0
  2 open k2      B              lb -100 -100 200 busy 1 1 0
  3 open k3      C              lb 0 0 0 busy 1 1 1
  4 open k4      A              lb -200 100 100 busy 2 1 1
  5 req          B          200  lb -100 -100 200 busy 2 1 1
  6 req          C          200  lb 0 0 0 busy 2 1 1
    close k1     A          200  lb 0 0 0 busy 1 1 1
  7 open k5      A              lb -200 100 100 busy 2 1 1
    close k2     B          200  lb -200 100 100 busy 2 0 1
    close k3     C          200  lb -200 100 100 busy 2 0 0
  8 req          B          200  lb -100 -100 200 busy 2 0 0
  9 req          C          200  lb 0 0 0 busy 2 0 0
    close k4     A          200  lb 0 0 0 busy 1 0 0
    close k5     A          200  lb 0 0 0 busy 0 0 0`,
  ],
  [
    'E30. bybusyness 1/2/3: weights decide ties only',
    `
Members: A loadfactor=1; B loadfactor=2; C loadfactor=3. Balancer: lbmethod=bybusyness.
  1 open k1      C              lb 100 200 -300 busy 0 0 1
  2 open k2      B              lb 200 -200 0 busy 0 1 1
  3 open k3      A              lb -300 0 300 busy 1 1 1
  4 open k4      C              lb -200 200 0 busy 1 1 2
  5 open k5      B              lb -100 -200 300 busy 1 2 2
  6 open k6      A              lb -600 0 600 busy 2 2 2
    close k1     C          200  lb -600 0 600 busy 2 2 1
    close k2     B          200  lb -600 0 600 busy 2 1 1
    close k3     A          200  lb -600 0 600 busy 1 1 1
  7 req          C          200  lb -500 200 300 busy 1 1 1
    close k4     C          200  lb -500 200 300 busy 1 1 0
    close k5     B          200  lb -500 200 300 busy 1 0 0
    close k6     A          200  lb -500 200 300 busy 0 0 0`,
  ],
  [
    'E31. bybusyness: a member that refused keeps the request in its busy count',
    `
Members: A retry=1; B; C. Balancer: lbmethod=bybusyness.
    -- A goes down
  1 open k1      Ax B           lb -200 0 200 busy 1 1 0 [A:E]
  2 open k2      C              lb -200 100 100 busy 1 1 1 [A:E]
    -- A is back
    -- 1.2 s later
  3 open k3      B              lb -100 -100 200 busy 1 2 1
    close k1     B          200  lb -100 -100 200 busy 0 1 1
    close k2     C          200  lb -100 -100 200 busy 0 1 0
    close k3     B          200  lb -100 -100 200 busy 0 0 0`,
  ],
  [
    'E32. Manager: enabling does not reset; a method change does; factor change refills',
    `
Members: A; B loadfactor=2; C. Balancer: defaults.
    -- manager: disable A -> lb 0 0 0 [A:D]
  1 req          B          200  lb 0 -100 100 [A:D]
  2 req          C          200  lb 0 100 -100 [A:D]
  3 req          B          200  lb 0 0 0 [A:D]
  4 req          B          200  lb 0 -100 100 [A:D]
    -- manager: enable A -> lb 0 -100 100
  5 req          C          200  lb 100 100 -200
  6 req          B          200  lb 200 -100 -100
    -- manager: lbmethod=bybusyness -> lb 0 0 0
    -- manager: lbmethod=byrequests -> lb 0 0 0
  7 req          B          200  lb 100 -200 100
  8 req          A          200  lb -200 0 200
    -- manager: factor of C := 2.5 -> lb 100 200 250
  9 req          C          200  lb 200 400 -50
 10 req          B          200  lb 300 50 200`,
  ],
];
