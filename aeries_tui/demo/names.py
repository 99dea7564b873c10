"""Names of schools, people and courses as Californian districts have them; all invented or historical."""

from __future__ import annotations

import unicodedata
from functools import cache

DISTRICT = "Golden Eagle Unified School District"
MAIL_DOMAIN = "goldeneagle.example.org"
STUDENT_MAIL_DOMAIN = "students.goldeneagle.example.org"

SCHOOLS: tuple[str, ...] = (
    "Lincoln", "Washington", "Cesar Chavez", "Dolores Huerta", "O'Brien", "José Martí", "Mt. Whitney",
    "Las Lomas", "Martin Luther King Jr.", "Rosa Parks", "St. Helena Road", "Del Mar", "Peña Blanca",
    "Jefferson", "Cañada", "El Toro", "Franklin D. Roosevelt", "Theodore Roosevelt", "John F. Kennedy",
    "Juan Bautista de Anza", "Vista Grande", "Oak Grove", "Oak Knoll", "Oakdale", "Sierra Vista",
    "Buena Vista", "Alta Loma", "Rancho San José", "San Benito", "Santa Ynez", "La Cañada", "Los Álamos",
    "Toro Park", "Frederick Douglass", "Harriet Tubman", "Sally Ride", "Ellen Ochoa", "George W. Carver",
    "Chief Joseph", "Yosemite", "Sequoia", "Redwood", "Manzanita", "Ponderosa", "Cottonwood", "Willow Creek",
    "Mill Creek", "Deer Creek", "Bear Valley", "Pleasant Valley", "Mountain View", "Ocean View", "Bay View",
    "Lake Shore", "Riverbank", "Riverside", "Sunny Brae", "Sunnymead", "Meadow Lane", "Park Avenue",
    "4th Street", "Ninth Street", "Main Street", "Union", "Liberty", "Independence", "Heritage", "Pioneer",
    "Gold Trail", "Mission Hills", "Monte Verde", "Monte Vista", "Miramonte", "Loma Prieta", "Tierra del Sol",
    "Valle Lindo", "Palo Verde", "Encinal", "Alisal", "Arroyo Seco", "Laguna", "Bolsa Knolls", "Nguyễn Trãi",
    "Chin Shan", "Amelia Earhart", "Thomas Edison", "Luther Burbank", "John Muir", "Jack London",
    "John Steinbeck", "Mark Twain", "Anne Sullivan", "Clara Barton", "Benjamin Franklin", "Abigail Adams",
    "Zachary Taylor", "Ulysses S. Grant", "James Madison", "Dr. Mae Jemison", "Mary's Meadow",
)  # fmt: skip

PLACES: tuple[str, ...] = (
    "", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "New ", "Old ", "Central ", "Lake ", "Mount ",
    "Fort ", "Camp ", "Port ", "Glen ", "Royal ", "Grand ", "Little ", "Silver ", "Golden ",
)  # fmt: skip

ELEMENTARY_WORDS = ("Elementary", "Elementary School", "Elementary", "Academy", "Elem.", "School (K-6)")
MIDDLE_WORDS = ("Middle", "Middle School", "Intermediate", "Junior High", "Middle")
HIGH_WORDS = ("High", "High School", "Senior High", "High", "Preparatory Academy")

GIRLS: tuple[str, ...] = (
    "María", "Sofía", "Emma", "Olivia", "Isabella", "Camila", "Mia", "Chloë", "Ava", "Luna", "Zoë", "Renée",
    "Nguyệt", "Linh", "Mai", "Thảo", "Ngọc Ánh", "Anneliese", "Siobhán", "Aaliyah", "Fatima", "Priya", "Ximena",
    "Guadalupe", "Anna Lucía", "Mary-Kate", "Harper", "Evelyn", "Abigail", "Mei", "Soo-Jin", "Yuki", "Leilani",
    "D'Andra", "Esperanza", "Valentina", "Grace", "Lily", "Hannah", "Ella", "Nevaeh", "Alexandra", "Beatriz",
    "Inés", "Ruth", "Jada", "Kiara", "Amélie",
)  # fmt: skip
BOYS: tuple[str, ...] = (
    "José", "Mateo", "Santiago", "Noah", "Liam", "Ethan", "Jesús", "Ángel", "Nicolás", "Iván", "Raúl", "Zoltán",
    "Minh", "Đức", "Tuấn", "Hoàng", "Quang Vinh", "Björn", "Seán", "De'Andre", "Muhammad", "Arjun", "Kenji",
    "Jin-Woo", "Juan Carlos", "Jean-Luc", "Benjamin", "Alexander", "Daniel", "Diego", "Sebastián", "Maximiliano",
    "Christopher", "Bartholomew", "Kai", "Keoni", "Malik", "Jayden", "Owen", "Lucas", "Henry", "Samuel",
    "David", "Elijah", "Wyatt", "Gabriel", "Omar", "T.J.",
)  # fmt: skip
OTHERS: tuple[str, ...] = ("Alex", "River", "Quinn", "Rowan", "Sky", "Ari", "Sage", "Jordan")
MIDDLES: tuple[str, ...] = (
    "",
    "",
    "",
    "J",
    "Marie",
    "A",
    "Lee",
    "James",
    "Guadalupe",
    "Rose",
    "M.",
    "Thị",
    "Văn",
)
LASTS: tuple[str, ...] = (
    "García", "Hernández", "Martínez", "López", "González", "Pérez", "Rodríguez", "Sánchez", "Ramírez", "Torres",
    "Flores", "Rivera", "Gómez", "Díaz", "Reyes", "Cruz", "Morales", "Ortiz", "Gutiérrez", "Chávez", "Ramos",
    "Ruiz", "Mendoza", "Álvarez", "Jiménez", "Muñoz", "Núñez", "Peña", "Ibáñez", "de la Cruz", "de los Santos",
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Kim", "Lee", "Park", "Choi",
    "Chen", "Wang", "Li", "Zhang", "Wong", "Tanaka", "Suzuki", "Singh", "Patel", "Sharma", "Khan", "Haddad",
    "O'Brien", "O'Connor", "O'Neal", "D'Angelo", "McDonald", "MacLeod", "Smith", "Johnson", "Williams", "Brown",
    "Jones", "Miller", "Davis", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "White",
    "Harris", "Clark", "Lewis", "Walker", "Hall", "Allen", "Young", "King", "Wright", "Scott", "Green", "Baker",
    "Adams", "Nelson", "Carter", "Mitchell", "Roberts", "Turner", "Phillips", "Campbell", "Parker", "Evans",
    "Edwards", "Collins", "Stewart", "Morris", "Müller", "Schröder", "Åkesson", "Łukasiewicz", "Dvořák",
    "Papadopoulos-Konstantinou", "Featherstonehaugh-Cholmondeley", "St. John", "Van der Berg", "Tuipulotu",
    "Kahananui", "Abd al-Rahman", "Begaye", "Whitehorse", "Null", "Test", "Rojas Villanueva", "Fernandes",
)  # fmt: skip

STREETS: tuple[str, ...] = (
    "Elm St", "Glenview Lane", "E Durfee Ave", "Oak Knoll Dr #9", "Avenida de la Estrella", "Hwy 49", "1st St",
)  # fmt: skip

COURSES: tuple[tuple[str, str, str, str], ...] = (
    # department, stem of the title, long description, levels it is taught at
    ("M", "Math", "Mathematics", "MH"),
    ("M", "Algebra", "Algebra", "MH"),
    ("M", "Geometry", "Geometry", "H"),
    ("M", "Pre-Calc", "Pre-Calculus & Statistics", "H"),
    ("E", "English", "English Language Arts", "MH"),
    ("E", "AP Eng Lit", "AP English Literature", "H"),
    ("E", "ELD", "English Language Development", "MH"),
    ("S", "Biology", "Biology, the Living Earth", "H"),
    ("S", "Science", "Integrated Science", "MH"),
    ("S", "Chemistry", "Chemistry in the Earth System", "H"),
    ("H", "World Hist", "World History", "MH"),
    ("H", "US History", "US History and Civics", "MH"),
    ("L", "Español", "Español para hispanohablantes", "MH"),
    ("L", "Français", "Français", "H"),
    ("L", "Tiếng Việt", "Tiếng Việt", "H"),
    ("A", "Art", "Drawing & Painting", "MH"),
    ("A", "Band", "Concert Band", "MH"),
    ("P", "PE", "Physical Education", "EMH"),
    ("A", "Music", "General Music", "E"),
    ("Z", "Enrichment", "Enrichment", "E"),
    ("V", "Wood Shop", "Wood Shop, Construction Trades", "H"),
    ("Z", "Advisory", "Advisory/Homeroom", "MH"),
)  # fmt: skip


@cache
def plain(name: str) -> str:
    """A name in lower-case ASCII letters only, as it stands in an e-mail address."""
    bare = unicodedata.normalize("NFKD", name.replace("Đ", "D").replace("đ", "d").replace("Ł", "L"))
    return "".join(letter for letter in bare.lower() if letter.isascii() and letter.isalpha())


def school_name(level: str, rank: int) -> str:
    """The name of the district's `rank`-th school of a level (E, M, H); no two are the same."""
    words = {"E": ELEMENTARY_WORDS, "M": MIDDLE_WORDS, "H": HIGH_WORDS}[level]
    offset = {"E": 1, "M": 37, "H": 71}[level]
    stem = SCHOOLS[(rank * 7 + offset) % len(SCHOOLS)]
    place = PLACES[rank // len(SCHOOLS) % len(PLACES)]
    return f"{place}{stem} {words[(rank + rank // len(SCHOOLS)) % len(words)]}"
