// Verifies a checkpoint, and a proof if there is one, with Go's sumdb/note and
// sumdb/tlog. Go knows nothing of Counterfoil: what makes an entry's leaf is
// written here once more, from vectors/README.md, section 19.
//
//	verify checkpoint.pub CHECKPOINT [PROOF]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log"
	"math/bits"
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
	_, id, _ := strings.Cut(verifier.Name(), "/")
	leaf := leaf(extra, id)
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
func leaf(extra []byte, electionID string) []byte {
	election, err := hex.DecodeString(electionID)
	check(err)
	event, key, texts := extra[:106], extra[106:122], extra[122:]
	return append(append([]byte{}, event...), blake2b(key, election, "cf1.logentry", texts, 48)...)
}

// blake2b is RFC 7693's BLAKE2b with key, salt and personalisation, which Go's
// own packages leave out.
func blake2b(key, salt []byte, person string, message []byte, size int) []byte {
	iv := [8]uint64{
		0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
		0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
	}
	sigma := [10][16]byte{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
		{14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
		{11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
		{7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
		{9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
		{2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
		{12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
		{13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
		{6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
		{10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
	}
	parameters := make([]byte, 64)
	copy(parameters, []byte{byte(size), byte(len(key)), 1, 1})
	copy(parameters[32:48], salt)
	copy(parameters[48:64], person)
	var h [8]uint64
	for i := range h {
		h[i] = iv[i] ^ binary.LittleEndian.Uint64(parameters[8*i:])
	}

	input := append(append([]byte{}, key...), make([]byte, 128-len(key))...)
	input = append(input, message...)
	for done := 0; done < len(input); {
		block := make([]byte, 128)
		done += copy(block, input[done:])
		var m [16]uint64
		check(binary.Read(bytes.NewReader(block), binary.LittleEndian, &m))
		var v [16]uint64
		copy(v[:8], h[:])
		copy(v[8:], iv[:])
		v[12] ^= uint64(done)
		if done == len(input) {
			v[14] = ^v[14]
		}
		for round := 0; round < 12; round++ {
			s := sigma[round%10]
			mix := func(i, a, b, c, d int) {
				v[a] += v[b] + m[s[2*i]]
				v[d] = bits.RotateLeft64(v[d]^v[a], -32)
				v[c] += v[d]
				v[b] = bits.RotateLeft64(v[b]^v[c], -24)
				v[a] += v[b] + m[s[2*i+1]]
				v[d] = bits.RotateLeft64(v[d]^v[a], -16)
				v[c] += v[d]
				v[b] = bits.RotateLeft64(v[b]^v[c], -63)
			}
			for i := 0; i < 4; i++ {
				mix(i, i, 4+i, 8+i, 12+i)
			}
			for i := 0; i < 4; i++ {
				mix(4+i, i, 4+(i+1)%4, 8+(i+2)%4, 12+(i+3)%4)
			}
		}
		for i := range h {
			h[i] ^= v[i] ^ v[i+8]
		}
	}
	out := make([]byte, 64)
	for i, word := range h {
		binary.LittleEndian.PutUint64(out[8*i:], word)
	}
	return out[:size]
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
