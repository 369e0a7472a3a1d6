package verifiers

import (
	"crypto/md5"
	"strconv"

	"rehome/identity/forms"
)

// Sun's MD5 of Solaris. A round adds Hamlet's monologue or not, as bits of the digest
// before it have it.

const (
	sunRounds = 4096 // beside those that the setting asks for
	// sunWork is the price of a round: half of them digest 24 blocks of Hamlet.
	sunWork = 13
)

func sunRecipe(f *forms.SunMD5Form) recipe {
	rounds := sunRounds + f.Rounds
	return quick(f.Digest, times(rounds, sunWork), func(password []byte) []byte {
		return pick(sunMD5(password, []byte(f.Setting), rounds), md5CryptOrder)
	})
}

func sunMD5(password, setting []byte, rounds uint64) []byte {
	d := md5.New()
	d.Write(password)
	d.Write(setting)
	last := d.Sum(nil)
	for i := range rounds {
		d.Reset()
		d.Write(last)
		if sunCoin(last, i) {
			d.Write([]byte(hamlet))
		}
		d.Write(strconv.AppendUint(nil, i, 10))
		last = d.Sum(last[:0])
	}
	return last
}

// sunCoin decides whether Hamlet speaks in a round.
func sunCoin(digest []byte, round uint64) bool {
	x, y := sunByte(digest, 0), sunByte(digest, 8)
	if sunBit(digest, round) {
		x >>= 1
	}
	if sunBit(digest, round+64) {
		y >>= 1
	}
	return sunBit(digest, x) != sunBit(digest, y)
}

// sunByte gathers eight bits of the digest, found by way of its own bytes.
func sunByte(digest []byte, first int) (gathered uint64) {
	for i := range 8 {
		a, b := digest[(first+i)%16], digest[(first+i+3)%16]
		at := digest[a>>(b%5)%16]
		if b>>(a%8)&1 == 1 {
			at >>= 1
		}
		if sunBit(digest, uint64(at)) {
			gathered |= 1 << i
		}
	}
	return gathered
}

func sunBit(digest []byte, n uint64) bool { return digest[n%128/8]>>(n%8)&1 == 1 }

// hamlet is Act III, scene 1, as Project Gutenberg's edition of 1998 spells it,
// with the NUL that C puts after a text.
const hamlet = `To be, or not to be,--that is the question:--
Whether 'tis nobler in the mind to suffer
The slings and arrows of outrageous fortune
Or to take arms against a sea of troubles,
And by opposing end them?--To die,--to sleep,--
No more; and by a sleep to say we end
The heartache, and the thousand natural shocks
That flesh is heir to,--'tis a consummation
Devoutly to be wish'd. To die,--to sleep;--
To sleep! perchance to dream:--ay, there's the rub;
For in that sleep of death what dreams may come,
When we have shuffled off this mortal coil,
Must give us pause: there's the respect
That makes calamity of so long life;
For who would bear the whips and scorns of time,
The oppressor's wrong, the proud man's contumely,
The pangs of despis'd love, the law's delay,
The insolence of office, and the spurns
That patient merit of the unworthy takes,
When he himself might his quietus make
With a bare bodkin? who would these fardels bear,
To grunt and sweat under a weary life,
But that the dread of something after death,--
The undiscover'd country, from whose bourn
No traveller returns,--puzzles the will,
And makes us rather bear those ills we have
Than fly to others that we know not of?
Thus conscience does make cowards of us all;
And thus the native hue of resolution
Is sicklied o'er with the pale cast of thought;
And enterprises of great pith and moment,
With this regard, their currents turn awry,
And lose the name of action.--Soft you now!
The fair Ophelia!--Nymph, in thy orisons
Be all my sins remember'd.
` + "\x00"
