// SPDX-License-Identifier: Apache-2.0

// Reads an exported log with the libraries of Go's own checksum database, as
// Debian packages them: golang.org/x/mod/sumdb/note and tlog. Says what it has
// verified, a line each.
//
//	interop LOG_DIR VKEY SEED [RECEIPT...]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	rounds = 200
)

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

// open is note.Open with our key, then the lines of a tlog-checkpoint.
func open(text []byte, verifiers note.Verifiers) (checkpoint, error) {
	signed, err := note.Open(text, verifiers)
	if err != nil {
		return checkpoint{}, err
	}
	if len(signed.Sigs) != 1 {
		return checkpoint{}, errors.New("not signed by our key alone")
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != signed.Sigs[0].Name {
		return checkpoint{}, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, err
}

// files are the tiles of C2SP's layout; Go's differ in the directory alone.
type files string

func (dir files) Height() int { return height }

func (dir files) SaveTiles([]tlog.Tile, [][]byte) {}

func path(tile tlog.Tile) string {
	name := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tile.H))
	return "tile/" + strings.Replace(name, "data/", "entries/", 1)
}

func (dir files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		raw, err := os.ReadFile(filepath.Join(string(dir), path(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}

// entry reads one leaf from its bundle.
func (dir files) entry(n, size int64) ([]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: n >> height, W: 1 << height}
	if rest := size - tile.N<<height; rest < 1<<height {
		tile.W = int(rest)
	}
	raw, err := os.ReadFile(filepath.Join(string(dir), path(tile)))
	if err != nil {
		return nil, err
	}
	for i := n & (1<<height - 1); ; i-- {
		if len(raw) < 2 {
			return nil, errors.New("the bundle ends early")
		}
		length := int(binary.BigEndian.Uint16(raw))
		if len(raw) < 2+length {
			return nil, errors.New("the bundle ends within an entry")
		}
		if i == 0 {
			return raw[2 : 2+length], nil
		}
		raw = raw[2+length:]
	}
}

// checkTiles holds every tile of leaf hashes, which the reader authenticates,
// against the entries.
func checkTiles(dir files, size int64, reader tlog.HashReader) error {
	for start := int64(0); start < size; start += 1 << height {
		var at []int64
		for n := start; n < size && n < start+1<<height; n++ {
			at = append(at, tlog.StoredHashIndex(0, n))
		}
		hashes, err := reader.ReadHashes(at)
		if err != nil {
			return err
		}
		for i, hash := range hashes {
			leaf, err := dir.entry(start+int64(i), size)
			if err != nil {
				return err
			}
			if hash != tlog.RecordHash(leaf) {
				return fmt.Errorf("entry %d: another hash", start+int64(i))
			}
		}
	}
	return nil
}

// checkTree holds the signed root against the tiles and the entries.
func checkTree(dir files, tree tlog.Tree, reader tlog.HashReader) error {
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the tiles have another root")
	}
	stored := []tlog.Hash{}
	reads := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range at {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for n := int64(0); n < tree.N; n++ {
		leaf, err := dir.entry(n, tree.N)
		if err != nil {
			return err
		}
		more, err := tlog.StoredHashes(n, leaf, reads)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	if root, err = tlog.TreeHash(tree.N, reads); err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the entries have another root")
	}
	fmt.Printf("root of %d entries\n", tree.N)
	return nil
}

// checkProofs proves from the tiles and checks, at random.
func checkProofs(dir files, tree tlog.Tree, reader tlog.HashReader,
	chance *rand.Rand) error {
	for i := 0; i < rounds; i++ {
		n := chance.Int63n(tree.N)
		leaf, err := dir.entry(n, tree.N)
		if err != nil {
			return err
		}
		record, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return err
		}
		hash := tlog.RecordHash(leaf)
		if err = tlog.CheckRecord(record, tree.N, tree.Hash, n, hash); err != nil {
			return err
		}
		old, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, n+1, reader)
		if err != nil {
			return err
		}
		if err = tlog.CheckTree(proof, tree.N, tree.Hash, n+1, old); err != nil {
			return err
		}
	}
	fmt.Printf("%d inclusions, %d consistencies\n", rounds, rounds)
	return nil
}

// leafOf takes the entry out of a receipt's `extra`.
func leafOf(extra []byte) ([]byte, error) {
	at := 1 + 16 + 8 + 32
	for _, width := range []int{1, 32} {
		if len(extra) < at+2 {
			return nil, errors.New("extra is cut short")
		}
		at += 2 + width*int(binary.BigEndian.Uint16(extra[at:]))
	}
	if len(extra) < at+2 || len(extra) !=
		at+2+int(binary.BigEndian.Uint16(extra[at:])) {
		return nil, errors.New("extra is cut short")
	}
	return extra[at+2:], nil
}

// checkReceipt reads a tlog-proof and checks its inclusion, and that the log
// continues the tree it was given for.
func checkReceipt(name string, verifiers note.Verifiers, tree tlog.Tree,
	reader tlog.HashReader) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	top, signed, _ := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(top), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	extra, err := base64.StdEncoding.DecodeString(
		strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof := tlog.RecordProof{}
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	leaf, err := leafOf(extra)
	if err != nil {
		return err
	}
	head, err := open(signed, verifiers)
	if err != nil {
		return err
	}
	if err = tlog.CheckRecord(proof, head.tree.N, head.tree.Hash, index,
		tlog.RecordHash(leaf)); err != nil {
		return err
	}
	path, err := tlog.ProveTree(tree.N, head.tree.N, reader)
	if err != nil {
		return err
	}
	if err = tlog.CheckTree(path, tree.N, tree.Hash, head.tree.N,
		head.tree.Hash); err != nil {
		return err
	}
	fmt.Printf("receipt: entry %d of %d\n", index, head.tree.N)
	return nil
}

func run(dir files, vkey, seed string, receipts []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	verifiers := note.VerifierList(verifier)
	text, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	if err != nil {
		return err
	}
	head, err := open(text, verifiers)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint of %s\n", head.origin)
	number, err := strconv.ParseInt(seed, 10, 64)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(head.tree, dir)
	if err = checkTree(dir, head.tree, reader); err != nil {
		return err
	}
	if err = checkTiles(dir, head.tree.N, reader); err != nil {
		return err
	}
	chance := rand.New(rand.NewSource(number))
	if err = checkProofs(dir, head.tree, reader, chance); err != nil {
		return err
	}
	for _, name := range receipts {
		if err = checkReceipt(name, verifiers, head.tree, reader); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: interop LOG_DIR VKEY SEED [RECEIPT...]")
		os.Exit(64)
	}
	err := run(files(os.Args[1]), os.Args[2], os.Args[3], os.Args[4:])
	if err != nil {
		fmt.Println("interop:", err)
		os.Exit(1)
	}
}
