// Verifies a checkpoint, and a proof if there is one, with Go's sumdb/note and
// sumdb/tlog. Go knows nothing of Counterfoil: what makes an entry's leaf is
// written here once more, from vectors/README.md, section 18.
//
//	verify checkpoint.pub CHECKPOINT [PROOF]
package main

import (
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	log.SetFlags(0)
	verifier, err := note.NewVerifier(strings.TrimSuffix(read(os.Args[1]), "\n"))
	check(err)
	size, root := open(read(os.Args[2]), verifier)
	fmt.Printf("checkpoint of %d entries\n", size)
	if len(os.Args) == 3 {
		return
	}

	head, checkpoint, _ := strings.Cut(read(os.Args[3]), "\n\n")
	proved, provedRoot := open(checkpoint, verifier)
	if proved != size || provedRoot != root {
		log.Fatal("the proof brings another checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		log.Fatal("not a proof")
	}
	extra := decode(after(lines[1], "extra "))
	index, err := strconv.ParseInt(after(lines[2], "index "), 10, 64)
	check(err)
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		path = append(path, hash(line))
	}
	leaf := leaf(extra)
	check(tlog.CheckRecord(path, size, root, index, tlog.RecordHash(leaf)))
	fmt.Printf("entry %d, of type %d\n", index, leaf[1])
}

// open verifies a signed note and reads the checkpoint in it.
func open(text string, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatal("a checkpoint of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	return size, hash(lines[2])
}

// leaf makes an entry's leaf of a proof's extra data.
func leaf(extra []byte) []byte {
	event, rest := extra[:106], extra[106:]
	note := sha512.Sum384(append([]byte("cf1.logentry\x00\x00\x00\x00"), rest...))
	return append(append([]byte{}, event...), note[:]...)
}

func read(name string) string {
	data, err := os.ReadFile(name)
	check(err)
	return string(data)
}

func after(line, prefix string) string {
	if !strings.HasPrefix(line, prefix) {
		log.Fatalf("no line %q", prefix)
	}
	return line[len(prefix):]
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	check(err)
	return data
}

func hash(text string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	check(err)
	return hash
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
