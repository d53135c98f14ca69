package main

import (
	"fmt"
	"strings"
	"time"

	"seriatim/bench"
)

// table is how the sale goes in this phase, a line for each region.
func (d *regionsDemo) table(what string) string {
	var b strings.Builder
	left := d.sale.stock - d.sale.total().pieces
	fmt.Fprintf(&b, "\n%s  %s\n", d.bold(fmt.Sprintf("%4.1f s  %s", time.Since(d.began).Seconds(), what)), d.dim(fmt.Sprintf("%d left", left)))
	fmt.Fprintln(&b, d.dim("        orders      p50      p99       reads p50      p99   refused"))
	for _, r := range d.world.regions {
		r.note(func() { b.WriteString(d.row(r)) })
	}
	return b.String()
}

// row is a region's line, which a terminal of 80 columns has room for.
func (d *regionsDemo) row(r *saleRegion) string {
	name := fmt.Sprintf("  %-4s", r.name)
	row := fmt.Sprintf("%8d %8s %8s        %8s %8s", r.phase.sold, quantile(&r.orders, 0.5), quantile(&r.orders, 0.99),
		quantile(&r.reads, 0.5), quantile(&r.reads, 0.99))
	if r.denied.Total() > 0 {
		row += fmt.Sprintf("   %d in %s", r.phase.refused, quantile(&r.denied, 0.5))
	}
	if d.apart && r.name == d.cut {
		name = d.styled("31", name)
	}
	return name + row + "\n"
}

// quantile is short enough for a column; nothing was counted where it is a dash.
func quantile(h *bench.Histogram, q float64) string {
	d := h.Quantile(q)
	switch {
	case h.Total() == 0:
		return "-"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
