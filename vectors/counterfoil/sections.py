"""All sections under one name: `from counterfoil import sections as ref`.

For those who use them. The modules themselves name what they need of one another, so that
each can be read with those alone that it imports.
"""

from counterfoil.notation import *
from counterfoil.alphabet import *
from counterfoil.tables import *
from counterfoil.election import *
from counterfoil.codes import *
from counterfoil.voters import *
from counterfoil.answers import *
from counterfoil.receipt import *
from counterfoil.register import *
from counterfoil.manifest import *
from counterfoil.key_files import *
from counterfoil.book import *
from counterfoil.persons import *
from counterfoil.rules import *
from counterfoil.passes import *
from counterfoil.log import *
from counterfoil.proof import *
from counterfoil.audit import *
