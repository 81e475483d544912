/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_table.h"

#include <errno.h>
#include <gelf.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/sorted_search.h"
#include "debug_file.h"
#include "elf_build_id.h"

#define MAX_SYMBOLS (1UL << 26)
#define MAX_SECTION (1UL << 30)
/* Limits the bytes of all names: symbols can share strings, so that a small file can have very many long
 * names. */
#define MAX_NAMES UINT32_MAX
#define MAX_NESTED 256 /* nesting of symbols; real files have a few levels */
#define NO_PARENT UINT32_MAX

/* What the rank of a symbol depends on. */
enum { FEW_UNDERSCORES = 7, IS_WEAK = 1 << 3, IS_GLOBAL = 1 << 4, HAS_SIZE = 1 << 5, HAS_TYPE = 1 << 6 };

/* A table and its private bookkeeping. */
struct shared {
	struct bcc_elf_table table;
	unsigned users;
	/* file that it was read from; unset for memory */
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
	unsigned flags;
};

/* All tables that may be shared: a tree (tsearch(3)), because a whole machine, or a malicious process, has
 * very many. */
static void *in_use;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- read ---- */

struct source {
	const char *strings;
	size_t size; /* up to the last zero: every string that starts before it is terminated */
};

struct reader {
	struct bcc_elf_table *table;
	size_t room;
	uint64_t names; /* bytes */
	bool with_data, is_arm;
	struct source sources[2];
	size_t source_count;
};

static const char *elf_table_string_of(const struct source *source, size_t at)
{
	return at < source->size ? source->strings + at : "";
}

static bool elf_table_add(struct reader *r, const struct bcc_elf_entry *entry)
{
	struct bcc_elf_table *t = r->table;

	if (t->count == r->room) {
		size_t room = 2 * r->room + 1024;
		struct bcc_elf_entry *entries =
			room < MAX_SYMBOLS ? reallocarray(t->entries, room, sizeof(*entries)) : NULL;

		if (!entries)
			return false;
		t->entries = entries;
		r->room = room;
	}
	t->entries[t->count++] = *entry;
	return true;
}

/* The end of the symbol's section if that has the kind of symbols wanted, code or data; otherwise 0. */
static uint64_t wanted_section(const struct reader *r, Elf *elf, const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	Elf_Scn *section;
	GElf_Shdr header;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || symbol->st_shndx == SHN_COMMON)
		return 0;
	if (type == STT_OBJECT ? !r->with_data
			       : type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return 0;
	section = elf_getscn(elf, symbol->st_shndx);
	if (symbol->st_shndx >= SHN_LORESERVE || !section || !gelf_getshdr(section, &header))
		return type == STT_NOTYPE ? 0 : UINT64_MAX; /* in a file with very many sections */
	if (type == STT_NOTYPE && !(header.sh_flags & SHF_EXECINSTR))
		return 0;
	return header.sh_addr + header.sh_size;
}

static uint8_t elf_table_rank_of(const GElf_Sym *symbol, const char *name)
{
	int bind = GELF_ST_BIND(symbol->st_info);
	size_t underscores = 0;

	while (underscores < FEW_UNDERSCORES && name[underscores] == '_')
		underscores++;
	return (GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE ? 0 : HAS_TYPE) +
	       (symbol->st_size ? HAS_SIZE : 0) +
	       (bind == STB_LOCAL	  ? 0
		       : bind == STB_WEAK ? IS_WEAK
					  : IS_GLOBAL) +
	       FEW_UNDERSCORES - underscores;
}

/* Until names are copied, `parent` is the index of the string table with the name. Returns false when out of
 * memory. */
static bool read_symbol(struct reader *r, Elf *elf, const GElf_Sym *symbol, uint64_t bias)
{
	struct bcc_elf_entry entry = {
		.address = symbol->st_value, .name = symbol->st_name, .parent = r->source_count - 1};
	uint64_t end = wanted_section(r, elf, symbol);
	const char *name;

	if (!end || !symbol->st_name)
		return true;
	name = elf_table_string_of(&r->sources[entry.parent], symbol->st_name);
	if (!*name || *name == '$') /* "$x" are mapping symbols of ARM */
		return true;
	r->names += strlen(name) + 1;
	if (r->names > MAX_NAMES)
		return false;
	entry.is_data = GELF_ST_TYPE(symbol->st_info) == STT_OBJECT;
	entry.rank = elf_table_rank_of(symbol, name);
	if (r->is_arm && !entry.is_data)
		entry.address &= ~1ULL; /* Thumb bit */
	/* a symbol without a size extends to the next one, or to the end of its section */
	entry.size = symbol->st_size < UINT32_MAX ? symbol->st_size : UINT32_MAX;
	if (!entry.size && end > entry.address)
		entry.size = end - entry.address < UINT32_MAX ? end - entry.address : UINT32_MAX;
	entry.address += bias;
	return elf_table_add(r, &entry);
}

static bool elf_table_read_section(
	struct reader *r, Elf *elf, Elf_Scn *section, const GElf_Shdr *header, uint64_t bias)
{
	Elf_Scn *strings = elf_getscn(elf, header->sh_link);
	size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	Elf_Data *symbols, *string_data;
	GElf_Shdr string_header;
	const char *last;
	GElf_Sym symbol;

	/* a sparse file can claim more than the machine's memory */
	if (!strings || !gelf_getshdr(strings, &string_header) || string_header.sh_size > MAX_SECTION ||
		header->sh_size > MAX_SECTION)
		return true;
	symbols = elf_getdata(section, NULL);
	string_data = elf_getdata(strings, NULL);
	if (!symbols || !string_data || !string_data->d_buf || !entry)
		return true;
	if (r->source_count == ARRAY_SIZE(r->sources))
		return true;
	last = memrchr(string_data->d_buf, 0, string_data->d_size);
	r->sources[r->source_count++] = (struct source){.strings = string_data->d_buf,
		.size = last ? last + 1 - (const char *)string_data->d_buf : 0};
	for (size_t i = 1; i < symbols->d_size / entry && i <= INT32_MAX; i++)
		if (gelf_getsym(symbols, i, &symbol) && !read_symbol(r, elf, &symbol, bias))
			return false;
	return true;
}

/* Reads the first section of `type`. Returns true if there is one, or when out of memory (*failed). */
static bool elf_table_read_type(struct reader *r, Elf *elf, uint32_t type, uint64_t bias, bool *failed)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != type)
			continue;
		if (!elf_table_read_section(r, elf, section, &header, bias))
			*failed = true;
		return true;
	}
	return false;
}

/* ---- arrange ---- */

static int elf_table_compare(const void *a, const void *b)
{
	const struct bcc_elf_entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->parent > y->parent) - (x->parent < y->parent);
}

/* The symbol table and the dynamic symbol table share most names. */
static void drop_repeated(struct reader *r)
{
	struct bcc_elf_entry *entries = r->table->entries;
	size_t kept = 0;

	for (size_t i = 0; i < r->table->count; i++) {
		const char *name = elf_table_string_of(&r->sources[entries[i].parent], entries[i].name);
		bool repeated = false;

		for (size_t k = kept;
			k && !repeated && entries[k - 1].address == entries[i].address && kept - k < 8; k--)
			repeated = !strcmp(
				elf_table_string_of(&r->sources[entries[k - 1].parent], entries[k - 1].name),
				name);
		if (!repeated)
			entries[kept++] = entries[i];
	}
	r->table->count = kept;
}

/* "@VERSION" after a name is left out. */
static bool copy_names(struct reader *r)
{
	struct bcc_elf_table *t = r->table;
	size_t size = 0, used = 0;

	for (size_t i = 0; i < t->count; i++)
		size += strcspn(elf_table_string_of(&r->sources[t->entries[i].parent], t->entries[i].name),
				"@") +
			1;
	t->names = size < UINT32_MAX ? malloc(size + 1) : NULL;
	if (!t->names)
		return false;
	for (size_t i = 0; i < t->count; i++) {
		struct bcc_elf_entry *entry = &t->entries[i];
		const char *name = elf_table_string_of(&r->sources[entry->parent], entry->name);
		size_t length = strcspn(name, "@");

		memcpy(t->names + used, name, length);
		t->names[used + length] = '\0';
		entry->name = used;
		used += length + 1;
	}
	return true;
}

static bool elf_table_has_size(const struct bcc_elf_entry *entry)
{
	return entry->rank & HAS_SIZE;
}

static uint64_t end_of(const struct bcc_elf_entry *entry)
{
	return entry->address + entry->size;
}

/*
 * Ends symbols without a size at the next one, and finds the symbol around each. A label in the middle of a
 * function, as in assembly sources, is not a function. Entries are sorted, so a symbol that ends before one
 * address ends before all later ones.
 */
static void elf_table_nest(struct bcc_elf_table *t)
{
	size_t kept = 0, depth = 0;
	uint32_t top = NO_PARENT; /* the innermost open symbol; `depth`: how many are open */

	for (size_t i = 0; i < t->count; i++) {
		struct bcc_elf_entry entry = t->entries[i];

		for (; top != NO_PARENT && end_of(&t->entries[top]) <= entry.address; depth--)
			top = t->entries[top].parent;
		if (top != NO_PARENT && t->entries[top].address != entry.address &&
			elf_table_has_size(&t->entries[top]) && !(entry.rank & (HAS_SIZE | HAS_TYPE)))
			continue;
		/* one without a size ends here; those around it have sizes. Beyond the limit the inner ones
		 * replace each other */
		if (top != NO_PARENT && (!elf_table_has_size(&t->entries[top]) || depth == MAX_NESTED)) {
			top = t->entries[top].parent;
			depth--;
		}
		entry.parent = top;
		top = kept;
		depth++;
		t->entries[kept++] = entry;
	}
	t->count = kept;
}

static bool elf_table_arrange(struct reader *r)
{
	struct bcc_elf_table *t = r->table;
	struct bcc_elf_entry *smaller;

	if (t->count)
		qsort(t->entries, t->count, sizeof(*t->entries), elf_table_compare);
	drop_repeated(r);
	if (!copy_names(r))
		return false;
	elf_table_nest(t);
	smaller = t->count ? reallocarray(t->entries, t->count, sizeof(*t->entries)) : NULL;
	if (smaller)
		t->entries = smaller;
	return true;
}

/* ---- a whole file ---- */

static bool read_segments(struct bcc_elf_table *t, Elf *elf)
{
	size_t count;

	if (elf_getphdrnum(elf, &count) || !count || count > 1 << 16)
		return false;
	t->segments = calloc(count, sizeof(*t->segments));
	for (size_t i = 0; t->segments && i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_LOAD)
			continue;
		t->segments[t->segment_count++] = (struct bcc_elf_segment){
			.address = segment.p_vaddr,
			.offset = segment.p_offset,
			.file_size = segment.p_filesz,
			.executable = segment.p_flags & PF_X,
		};
	}
	return t->segments;
}

static bool elf_table_read_symbols(
	struct reader *r, Elf *elf, struct bcc_debug_search *search, bool debug_files)
{
	bool failed = false;
	struct bcc_debug_file debug;

	if (!elf_table_read_type(r, elf, SHT_SYMTAB, 0, &failed) && debug_files &&
		bcc_debug_file_open(elf, search, &debug)) {
		elf_table_read_type(r, debug.elf, SHT_SYMTAB, debug.moved, &failed);
		elf_table_read_type(r, elf, SHT_DYNSYM, 0, &failed);
		failed = failed || !elf_table_arrange(r);
		bcc_debug_file_close(&debug);
		return !failed;
	}
	elf_table_read_type(r, elf, SHT_DYNSYM, 0, &failed);
	return !failed && elf_table_arrange(r);
}

static void elf_table_free_table(struct shared *shared)
{
	if (!shared)
		return;
	free(shared->table.entries);
	free(shared->table.names);
	free(shared->table.segments);
	free(shared);
}

/* Takes ownership of elf. */
static int read_elf(struct bcc_err *err, Elf *elf, const char *path, const struct bcc_root *root,
	unsigned flags, struct shared **out)
{
	struct shared *shared = calloc(1, sizeof(*shared));
	struct reader reader = {.with_data = flags & BCC_ELF_DATA};
	struct bcc_debug_search search = {.path = path, .root = root, .no_crc = flags & BCC_ELF_NO_CRC};
	GElf_Ehdr header;
	int ret = 0;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		ret = bcc_fail(err, -ENOEXEC, "%s is not an ELF file", path ? path : "the memory");
	else if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		ret = bcc_fail(err, -ENOEXEC, "%s is an ELF file, but neither an executable nor a library",
			path ? path : "the memory");
	else if (!shared)
		ret = -ENOMEM;
	else if (!read_segments(&shared->table, elf))
		ret = bcc_fail(err, -ENOEXEC, "%s has no program headers", path ? path : "the memory");
	if (!ret) {
		shared->table.build_id_size =
			bcc_elf_build_id(elf, shared->table.build_id, sizeof(shared->table.build_id));
		search.build_id = shared->table.build_id;
		search.build_id_size = shared->table.build_id_size;
		reader.table = &shared->table;
		reader.is_arm = header.e_machine == EM_ARM;
		if (!elf_table_read_symbols(&reader, elf, &search, !(flags & BCC_ELF_NO_DEBUG_FILES)))
			ret = -ENOMEM;
	}
	elf_end(elf);
	if (ret == -ENOMEM)
		bcc_fail(err, ret, "out of memory for the symbols of %s", path ? path : "the memory");
	if (ret) {
		elf_table_free_table(shared);
		return ret;
	}
	shared->users = 1;
	*out = shared;
	return 0;
}

/* ---- tables in use ---- */

static int elf_table_compare_files(const void *a, const void *b)
{
	const struct shared *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->changed.tv_sec != y->changed.tv_sec)
		return x->changed.tv_sec < y->changed.tv_sec ? -1 : 1;
	if (x->changed.tv_nsec != y->changed.tv_nsec)
		return x->changed.tv_nsec < y->changed.tv_nsec ? -1 : 1;
	return (x->flags > y->flags) - (x->flags < y->flags);
}

static struct shared *find_in_use(const struct shared *like)
{
	struct shared **found = tfind(like, &in_use, elf_table_compare_files);

	return found ? *found : NULL;
}

static void set_file(struct shared *shared, const struct stat *st, unsigned flags)
{
	shared->device = st->st_dev;
	shared->inode = st->st_ino;
	shared->size = st->st_size;
	shared->changed = st->st_mtim;
	shared->flags = flags;
}

int bcc_elf_table_get(struct bcc_err *err, int fd, const char *path, const struct bcc_root *root,
	unsigned flags, const struct bcc_elf_table **out)
{
	struct shared like = {0}, *shared;
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return bcc_fail(err, -errno, "%s: %s", path, strerror(errno));
	set_file(&like, &st, flags);
	pthread_mutex_lock(&lock);
	shared = find_in_use(&like);
	if (shared)
		shared->users++;
	pthread_mutex_unlock(&lock);
	if (shared) {
		*out = &shared->table;
		return 0;
	}
	elf_version(EV_CURRENT);
	/* read, not mapped: a file that is truncated meanwhile must not raise SIGBUS */
	ret = read_elf(err, elf_begin(fd, ELF_C_READ, NULL), path, root, flags, &shared);
	if (ret)
		return ret;
	set_file(shared, &st, flags);
	/* if another thread has read the file meanwhile, or memory is short, nobody else will use this one */
	pthread_mutex_lock(&lock);
	(void)tsearch(shared, &in_use, elf_table_compare_files);
	pthread_mutex_unlock(&lock);
	*out = &shared->table;
	return 0;
}

int bcc_elf_table_of_memory(
	struct bcc_err *err, char *bytes, size_t size, unsigned flags, const struct bcc_elf_table **out)
{
	struct shared *shared;
	int ret;

	elf_version(EV_CURRENT);
	ret = read_elf(err, elf_memory(bytes, size), NULL, NULL, flags | BCC_ELF_NO_DEBUG_FILES, &shared);
	if (!ret)
		*out = &shared->table;
	return ret;
}

void bcc_elf_table_put(const struct bcc_elf_table *table)
{
	struct shared *shared = (struct shared *)table;

	if (!shared)
		return;
	pthread_mutex_lock(&lock);
	if (--shared->users) {
		pthread_mutex_unlock(&lock);
		return;
	}
	if (find_in_use(shared) == shared)
		tdelete(shared, &in_use, elf_table_compare_files);
	pthread_mutex_unlock(&lock);
	elf_table_free_table(shared);
}

/* ---- look up ---- */

const struct bcc_elf_entry *bcc_elf_table_at(const struct bcc_elf_table *table, uint64_t address)
{
	size_t after = bcc_partition_point(i, table->count, table->entries[i].address <= address);

	for (uint32_t at = after ? after - 1 : NO_PARENT; at != NO_PARENT; at = table->entries[at].parent)
		if (address - table->entries[at].address < table->entries[at].size)
			return &table->entries[at];
	return NULL;
}

uint64_t bcc_elf_entry_size(const struct bcc_elf_entry *entry)
{
	return elf_table_has_size(entry) ? entry->size : 0;
}

const struct bcc_elf_entry *bcc_elf_table_find(const struct bcc_elf_table *table, const char *name)
{
	const struct bcc_elf_entry *best = NULL;

	for (size_t i = 0; i < table->count; i++)
		if ((!best || table->entries[i].rank > best->rank) &&
			!strcmp(bcc_elf_entry_name(table, &table->entries[i]), name))
			best = &table->entries[i];
	return best;
}

bool bcc_elf_table_address(const struct bcc_elf_table *table, uint64_t offset, uint64_t *address)
{
	const struct bcc_elf_segment *found = NULL;

	/* mappings consist of whole pages: at the edges they contain bytes of neighbouring segments, but the
	 * caller wants the code */
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct bcc_elf_segment *segment = &table->segments[i];

		if (offset < (segment->offset & ~0xfffULL) ||
			offset >= ((segment->offset + segment->file_size + 0xfff) & ~0xfffULL))
			continue;
		if (!found || (segment->executable && !found->executable))
			found = segment;
	}
	if (!found)
		return false;
	*address = offset - found->offset + found->address;
	return true;
}
