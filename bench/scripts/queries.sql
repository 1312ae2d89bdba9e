-- Tables, indexes, joins, groups, text functions, windows, recursion and updates in memory.
CREATE TABLE item(id INTEGER PRIMARY KEY, kind INT, price REAL, name TEXT);
CREATE TABLE sale(id INTEGER PRIMARY KEY, item INT, day INT, amount INT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
INSERT INTO item SELECT i, i * 7919 % 37, i * 31 % 1000 / 8.0, 'item ' || hex(i * 7919) FROM n;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO sale SELECT i, i * 7907 % 4000 + 1, i * 13 % 365, i % 11 + 1 FROM n;
COMMIT;
CREATE INDEX sale_item ON sale(item);
CREATE INDEX item_name ON item(name);
SELECT kind, count(*), sum(amount), round(sum(amount * price), 2) FROM sale JOIN item
    ON item.id = sale.item GROUP BY kind ORDER BY 4 DESC LIMIT 5;
SELECT count(*), max(name) FROM item WHERE name LIKE '%37%';
SELECT count(*) FROM item WHERE name BETWEEN 'item 3' AND 'item 3335';
SELECT day, total, rank() OVER (ORDER BY total DESC) FROM
    (SELECT day, sum(amount) AS total FROM sale GROUP BY day) ORDER BY 3, 1 LIMIT 4;
SELECT sum(length(replace(upper(name), 'ITEM', 'x')) + instr(name, '9')) FROM item;
UPDATE sale SET amount = amount + 1 WHERE item IN (SELECT id FROM item WHERE kind < 12);
DELETE FROM sale WHERE id % 5 = 0;
SELECT count(*), sum(amount) FROM sale;
WITH RECURSIVE f(i, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT i + 1, b, (a + b) % 1000007 FROM f WHERE i < 20000)
SELECT sum(a) FROM f;
SELECT json_extract(json_group_array(json_object('k', kind, 'p', price)), '$[77].p') FROM item;
SELECT a.id, b.id FROM item a, item b WHERE a.price = b.price AND a.name > b.name
    AND b.id < 300 ORDER BY 1, 2 LIMIT 5;
