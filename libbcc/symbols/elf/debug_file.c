/* SPDX-License-Identifier: Apache-2.0 */
#include "debug_file.h"

#include <gelf.h>
#include <limits.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "common/cleanup.h"
#include "elf_build_id.h"
#include "elf_strings.h"

#define MAX_UNPACKED (256UL << 20) /* of .gnu_debugdata, in case it is a decompression bomb or has holes */

static Elf_Data *section_data(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) || !bcc_elf_strings_end(elf, names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS ||
			header.sh_size > MAX_UNPACKED)
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && !strcmp(name, wanted))
			return elf_rawdata(section, NULL);
	}
	return NULL;
}

static bool has_symbols(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			return true;
	return false;
}

/* ---- files ---- */

static bool checksum_is(int fd, uint32_t wanted)
{
	bcc_auto_free unsigned char *buffer = malloc(1 << 16);
	uLong crc = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while (buffer && (n = pread(fd, buffer, 1 << 16, at)) > 0) {
		crc = crc32(crc, buffer, n);
		at += n;
	}
	return buffer && at && (uint32_t)crc == wanted;
}

/* Opens a debug file that matches: it has symbols, the right build ID and the right checksum (NULL: not
 * known). */
static bool try_fd(
	int fd, const struct bcc_debug_search *search, const uint32_t *crc, struct bcc_debug_file *out)
{
	uint8_t id[64];
	size_t size;

	if (fd < 0)
		return false;
	*out = (struct bcc_debug_file){.fd = fd, .elf = elf_begin(fd, ELF_C_READ, NULL)};
	size = out->elf ? bcc_elf_build_id(out->elf, id, sizeof(id)) : 0;
	if (out->elf && elf_kind(out->elf) == ELF_K_ELF && has_symbols(out->elf) &&
		(!size || !search->build_id_size ||
			(size >= search->build_id_size &&
				!memcmp(id, search->build_id, search->build_id_size))) &&
		(!crc || checksum_is(fd, *crc)))
		return true;
	bcc_debug_file_close(out);
	return false;
}

/* Looks in the process's root, then in ours: debug files are often only installed on the host. */
static bool try_path(const char *path, const struct bcc_debug_search *search, const uint32_t *crc,
	struct bcc_debug_file *out)
{
	static const struct bcc_root own = {.fd = -1};

	if (search->root && search->root->fd >= 0 &&
		try_fd(bcc_root_open_file(search->root, path), search, crc, out))
		return true;
	return try_fd(bcc_root_open_file(&own, path), search, crc, out);
}

/* The folder of debug files. BCC's clients name others in the environment, where secure_getenv() ignores what
 * the caller of a set-user-ID program says. */
static const char *debug_root(void)
{
	const char *named = secure_getenv("BCC_DEBUGINFO_ROOT");

	return named && *named ? named : "/usr/lib/debug";
}

bool bcc_debug_file_path(const uint8_t *build_id, size_t size, const char *suffix, char *buf, size_t room)
{
	size_t at = snprintf(buf, room, "%s/.build-id/", debug_root());

	if (size < 2)
		return false;
	for (size_t i = 0; i < size && at < room; i++)
		at += snprintf(buf + at, room - at, i ? "%02x" : "%02x/", build_id[i]);
	if (at < room)
		at += snprintf(buf + at, room - at, "%s", suffix);
	return at < room;
}

/* A copy with symbols at the same path below BCC_SYMFS, such as the image of a device's files. The build ID
 * is not compared if the file has none. */
static bool by_symfs(const struct bcc_debug_search *search, struct bcc_debug_file *out)
{
	static const struct bcc_root own = {.fd = -1};
	const char *symfs = secure_getenv("BCC_SYMFS"), *path = search->path;
	char copy[PATH_MAX];
	uint8_t id[64];
	int below = 0;

	if (!symfs || !*symfs || !path)
		return false;
	sscanf(path, "/proc/%*u/root%n", &below);
	if (snprintf(copy, sizeof(copy), "%s/%s", symfs, path + below) >= (int)sizeof(copy) ||
		!try_fd(bcc_root_open_file(&own, copy), search, NULL, out))
		return false;
	if (!search->build_id_size || bcc_elf_build_id(out->elf, id, sizeof(id)))
		return true;
	bcc_debug_file_close(out);
	return false;
}

static bool by_build_id(const struct bcc_debug_search *search, struct bcc_debug_file *out)
{
	char path[PATH_MAX];

	return bcc_debug_file_path(search->build_id, search->build_id_size, ".debug", path, sizeof(path)) &&
	       try_path(path, search, NULL, out);
}

/* .gnu_debuglink: a file name, zeros up to a multiple of 4, a CRC-32 (GDB's manual, "Debugging Information in
 * Separate Files") */
static bool by_link(Elf *elf, const struct bcc_debug_search *search, struct bcc_debug_file *out)
{
	static const char *const places[] = {"%s%.*s/%s", "%s%.*s/.debug/%s", "%s%.*s/%s"};
	Elf_Data *link = search->path ? section_data(elf, ".gnu_debuglink") : NULL;
	const char *name = link ? link->d_buf : NULL, *slash;
	size_t at;
	uint32_t crc;

	if (!name || !memchr(name, 0, link->d_size) || !*name || strchr(name, '/'))
		return false;
	at = (strlen(name) + 4) & ~(size_t)3;
	slash = strrchr(search->path, '/');
	if (!slash || at + sizeof(crc) > link->d_size)
		return false;
	memcpy(&crc, name + at, sizeof(crc));
	for (int i = 0; i < 3; i++) {
		char path[PATH_MAX];
		int length = snprintf(path, sizeof(path), places[i], i == 2 ? debug_root() : "",
			(int)(slash - search->path), search->path, name);

		if (length < (int)sizeof(path) && strcmp(path, search->path) &&
			try_path(path, search, search->no_crc ? NULL : &crc, out))
			return true;
	}
	return false;
}

/* ---- "mini debug info" ---- */

/* Unpacks a whole xz file; NULL if it is not one, or too large. */
static char *debug_file_unpack(const void *packed, size_t packed_size, size_t *size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t room = 0;
	char *bytes = NULL;
	lzma_ret code = lzma_stream_decoder(&stream, MAX_UNPACKED, 0);

	stream.next_in = packed;
	stream.avail_in = packed_size;
	while (code == LZMA_OK && room < MAX_UNPACKED) {
		size_t more = room ? room : 4 * packed_size + 4096;
		char *larger = realloc(bytes, room + more);

		if (!larger)
			break;
		bytes = larger;
		stream.next_out = (uint8_t *)bytes + room;
		stream.avail_out = more;
		room += more;
		while (stream.avail_out && (code = lzma_code(&stream, LZMA_FINISH)) == LZMA_OK)
			;
	}
	*size = room - stream.avail_out;
	lzma_end(&stream);
	if (code == LZMA_STREAM_END)
		return bytes;
	free(bytes);
	return NULL;
}

static bool debug_file_inside(Elf *elf, struct bcc_debug_file *out)
{
	Elf_Data *packed = section_data(elf, ".gnu_debugdata");
	size_t size;

	if (!packed || !packed->d_buf)
		return false;
	*out = (struct bcc_debug_file){.fd = -1};
	out->bytes = debug_file_unpack(packed->d_buf, packed->d_size, &size);
	if (!out->bytes)
		return false;
	out->elf = elf_memory(out->bytes, size);
	if (out->elf && elf_kind(out->elf) == ELF_K_ELF && has_symbols(out->elf))
		return true;
	bcc_debug_file_close(out);
	return false;
}

static bool first_address(Elf *elf, uint64_t *address)
{
	size_t count;
	GElf_Phdr segment;

	if (elf_getphdrnum(elf, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD)
			continue;
		*address = segment.p_vaddr;
		return true;
	}
	return false;
}

bool bcc_debug_file_open(Elf *elf, const struct bcc_debug_search *search, struct bcc_debug_file *out)
{
	uint64_t here, there;

	if (!by_symfs(search, out) && !by_build_id(search, out) && !by_link(elf, search, out) &&
		!debug_file_inside(elf, out))
		return false;
	if (first_address(elf, &here) && first_address(out->elf, &there))
		out->moved = here - there;
	return true;
}

void bcc_debug_file_close(struct bcc_debug_file *file)
{
	elf_end(file->elf);
	if (file->fd >= 0)
		close(file->fd);
	free(file->bytes);
	*file = (struct bcc_debug_file){.fd = -1};
}
