-- As many rows as app.rows says. The row app.odd_row has NaN, or divides by zero.
CREATE VIEW numbers AS
SELECT
    g AS id,
    'number ' || g AS name,
    timestamptz '2024-01-01 00:00:00+00' + g * interval '1 minute' AS moment,
    CASE
        WHEN g <> current_setting('app.odd_row')::int THEN g / 7::float8
        WHEN current_setting('app.odd') = 'nan' THEN 'NaN'::float8
        ELSE 1 / (g - g)
    END AS ratio
FROM generate_series(1, current_setting('app.rows')::int) AS g
