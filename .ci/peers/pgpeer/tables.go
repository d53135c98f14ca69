package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// tables is the shop in rows. Products change in place: neither quantity nor
// backordered is indexed, so PostgreSQL can use its heap-only updates. Orders have no
// foreign keys: submit_order has read what they point to in the same transaction,
// and under SERIALIZABLE the check of order_lines.order_id reads the page of the
// index that every other order writes, which makes nearly all of them fail.
const tables = `
drop table if exists order_lines, orders, products, customers, stores cascade;
create table stores (id bigint primary key, name text not null);
create table products (
	id bigint primary key, name text not null, description text not null, price float8 not null,
	quantity bigint not null check (quantity >= 0), store_id bigint not null references stores,
	backorder_limit bigint not null, backordered boolean not null default false,
	changed timestamptz not null default now());
create table customers (
	id bigint primary key, first_name text not null, last_name text not null, address json not null,
	telephone text not null, credit_card json not null);
create table orders (
	id bigint generated always as identity primary key, customer_id bigint not null,
	status text not null, creation_date timestamptz not null, ship_date timestamptz,
	ship_address json not null, credit_card json not null);
create table order_lines (
	order_id bigint not null, line int not null, product_id bigint not null,
	quantity bigint not null, price float8 not null, primary key (order_id, line));`

// function is submit_order row for row. NAME and LOCK make it two: one for
// SERIALIZABLE, and one that locks the product rows it reads. The caller gives the
// products in the order of their ids.
const function = `
create or replace function NAME(customer bigint, wanted bigint[], amounts bigint[],
	out id bigint, out creation_date timestamptz, out address json, out card json, out prices float8[])
language plpgsql as $$
declare
	n int := cardinality(wanted);
	stocks bigint[]; limits bigint[]; price float8; stock bigint; lim bigint;
begin
	select c.address, c.credit_card into address, card from customers c where c.id = customer;
	if not found then raise exception 'no customer %', customer using errcode = 'P0002'; end if;
	for i in 1..n loop
		select p.price, p.quantity, p.backorder_limit into price, stock, lim from products p where p.id = wanted[i] LOCK;
		if not found then raise exception 'no product %', wanted[i] using errcode = 'P0002'; end if;
		if stock < amounts[i] then
			raise exception 'Stock quantity for Product [%] not enough – requested at [%]', wanted[i], clock_timestamp() using errcode = 'P0001';
		end if;
		prices[i] := price; stocks[i] := stock; limits[i] := lim;
	end loop;
	creation_date := now();
	for i in 1..n loop
		update products p set quantity = stocks[i] - amounts[i], changed = now(),
			backordered = p.backordered or stocks[i] - amounts[i] <= limits[i]
			where p.id = wanted[i];
	end loop;
	insert into orders (customer_id, status, creation_date, ship_address, credit_card)
		values (customer, 'processing', creation_date, address, card) returning orders.id into id;
	insert into order_lines select NAME.id, l.n, l.product, l.amount, l.price
		from unnest(wanted, amounts, prices) with ordinality as l (product, amount, price, n);
end $$;`

// createShop makes the tables, fills them, and leaves them vacuumed and analysed.
func createShop(ctx context.Context, dsn string, products, customers int) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	statements := []string{
		tables,
		strings.NewReplacer("NAME", "submit_order", "LOCK", "").Replace(function),
		strings.NewReplacer("NAME", "submit_order_locked", "LOCK", "for no key update").Replace(function),
		`insert into stores values (1, 'Harbour Bakery')`,
		fmt.Sprintf(`insert into products select i, 'product ' || i, 'One of many things in the shop', 7.25, 1000000000, 1, 5
			from generate_series(1, %d) i`, products),
		fmt.Sprintf(`insert into customers select i, 'Ada', 'Moreno ' || i,
			'{"street":"8 Lighthouse Road","city":"Portsea","state":"NH","zipCode":"03801"}', '603-555-0181',
			'{"network":"Visa","number":"4000000000000031"}' from generate_series(1, %d) i`, customers),
	}
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("create the shop: %w", err)
		}
	}
	_, err = conn.Exec(ctx, "vacuum analyze")
	return err
}
