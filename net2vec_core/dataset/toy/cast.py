"""The cast: everything that a stage can place, with its usual height in metres."""

from net2vec_core.dataset.toy import beasts, birds, furniture, people, pets, plants, structures, vehicles
from net2vec_core.dataset.toy.stage import Actor

PERSON = Actor(people.person, 1.75)
DOG = Actor(beasts.dog, 0.75)
CAT = Actor(beasts.cat, 0.45)
SITTING_DOG = Actor(pets.sitting_dog, 0.8)
SITTING_CAT = Actor(pets.sitting_cat, 0.5)
COW = Actor(beasts.cow, 1.6)
BIRD = Actor(birds.bird, 0.4)
CAR = Actor(vehicles.car, 1.5)
CAR_FRONT = Actor(vehicles.car_front, 1.5)
BUS = Actor(vehicles.bus, 2.9)
BROADLEAF = Actor(plants.broadleaf, 7)
CONIFER = Actor(plants.conifer, 9)
PALM = Actor(plants.palm, 6)
FLOWER = Actor(plants.flower, 0.5)
TALL_FLOWER = Actor(plants.flower, 1.3)
HOUSE = Actor(structures.house, 6)
FENCE = Actor(structures.fence, 1.1)
BED = Actor(furniture.bed, 1.15)
SOFA = Actor(furniture.sofa, 0.95)
TABLE = Actor(furniture.table, 0.8)
LOW_TABLE = Actor(furniture.table, 0.5)
CHAIR = Actor(furniture.chair, 1.0)
LAMP = Actor(furniture.lamp, 1.6)
