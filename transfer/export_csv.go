package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxColumns bounds the columns of an exported table.
const maxColumns = 5000

// csv writes a collection as CSV. Its columns are known when all documents were read, so
// they go to a temporary file first.
func (ex *exporting) csv(ctx context.Context, collection, set string) error {
	held, err := os.CreateTemp("", "seriatim-export-")
	if err != nil {
		return err
	}
	defer func() { _ = held.Close(); _ = os.Remove(held.Name()) }()
	columns, rows, err := ex.hold(ctx, held, collection, set)
	if err != nil {
		return err
	}
	name := "data/" + fileName(collection) + ".csv"
	s, err := ex.create(name)
	if err != nil {
		return err
	}
	err = writeTable(s, held, columns)
	return errors.Join(err, ex.finish(s, name, collection, rows))
}

// hold reads the documents into a file and learns their columns.
func (ex *exporting) hold(ctx context.Context, held *os.File, collection, set string) (columns []string, rows int64, err error) {
	columns = []string{"id", "ts"}
	seen := map[string]bool{}
	w := bufio.NewWriterSize(held, 256<<10)
	err = ex.each(ctx, ex.Client, set, `{"get":{"var":"x"}}`, func(raw json.RawMessage) error {
		d, err := readDocument(raw)
		if err != nil {
			return err
		}
		for _, m := range append(d.params, d.data...) {
			if !seen[m.name] {
				seen[m.name] = true
				columns = append(columns, m.name)
			}
		}
		if len(columns) > maxColumns {
			return fmt.Errorf("more than %d different members: too many for CSV", maxColumns)
		}
		rows++
		ex.tell(collection)
		line, err := exact(nil, raw)
		if err == nil {
			_, err = w.Write(append(line, '\n'))
		}
		return err
	})
	return columns, rows, errors.Join(err, w.Flush())
}

// writeTable turns the documents held into records.
func writeTable(s *sink, held *os.File, columns []string) error {
	if _, err := held.Seek(0, io.SeekStart); err != nil {
		return err
	}
	labels := make([]string, len(columns))
	for i, c := range columns {
		if i > 1 && (c == "id" || c == "ts") {
			c = "data." + c
		}
		labels[i] = csvCell(c)
	}
	if err := s.put([]byte(strings.Join(labels, ",") + "\n")); err != nil {
		return err
	}
	r := bufio.NewReaderSize(held, 256<<10)
	for {
		line, err := readLine(r)
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		record, err := tableRecord(line, columns)
		if err == nil {
			err = s.put(record)
		}
		if err != nil {
			return err
		}
	}
}

func tableRecord(line []byte, columns []string) ([]byte, error) {
	d, err := readDocument(line)
	if err != nil {
		return nil, err
	}
	cells := map[string]string{}
	for _, m := range append(d.params, d.data...) {
		if isNull(m.raw) {
			continue
		}
		text, err := cellText(m.raw)
		if err != nil {
			return nil, err
		}
		cells[m.name] = csvCell(text)
	}
	out := fmt.Appendf(nil, "%s,%d", d.id, d.ts)
	for _, c := range columns[2:] {
		out = append(append(out, ','), cells[c]...)
	}
	return append(out, '\n'), nil
}

// csvCell quotes where it must, and empty text, which is not the same as nothing.
func csvCell(text string) string {
	if text != "" && !strings.ContainsAny(text, ",\"\r\n") && strings.TrimSpace(text) == text {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
