-- The cascade in PostgreSQL. A recursive query cannot add up what several
-- restricted holders hold together: PostgreSQL allows no aggregate over the
-- recursive term, and sees only the rows of the step before. So the exact answer
-- is a loop, and takes each holding once, when its holder becomes restricted.
CREATE FUNCTION cascade() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  restricted bigint;
BEGIN
  CREATE TEMP TABLE member (node int PRIMARY KEY) ON COMMIT DROP;
  CREATE TEMP TABLE sums (subject int, kind smallint, held bigint, PRIMARY KEY (subject, kind)) ON COMMIT DROP;
  CREATE TEMP TABLE added (node int) ON COMMIT DROP;
  CREATE TEMP TABLE latest (node int) ON COMMIT DROP;
  INSERT INTO latest SELECT node FROM seed;
  LOOP
    INSERT INTO member SELECT node FROM latest;
    WITH held AS (
      INSERT INTO sums
        SELECT h.subject, h.kind, sum(h.lower) FROM latest l JOIN holding h ON h.holder = l.node GROUP BY 1, 2
      ON CONFLICT (subject, kind) DO UPDATE SET held = sums.held + excluded.held
      RETURNING subject, held
    )
    INSERT INTO added
      SELECT DISTINCT subject FROM held
      WHERE held > 500000000 AND NOT EXISTS (SELECT FROM member m WHERE m.node = held.subject);
    EXIT WHEN NOT FOUND;
    TRUNCATE latest;
    INSERT INTO latest SELECT node FROM added;
    TRUNCATE added;
  END LOOP;
  SELECT count(*) INTO restricted FROM member;
  RETURN restricted;
END
$$;
