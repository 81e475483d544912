/* SPDX-License-Identifier: Apache-2.0 */
/* Any file as a program with static probes; what does not look like one is parsed as the arguments of a
 * probe. */
#include <sys/mman.h>
#include <unistd.h>

#include "libbcc/usdt/argument_location.h"
#include "libbcc/usdt/notes.h"
#include "fuzz.h"

static void check_place(const struct bcc_usdt_place *place)
{
	REQUIRE(place->count <= BCC_USDT_MAX_ARGUMENTS);
	for (uint32_t i = 0; i < place->count; i++) {
		const struct bcc_usdt_argument_place *a = &place->arguments[i];

		REQUIRE(a->up < 64 && a->down < 64 && a->index_up < 64 && a->index_shift < 64 &&
			a->bytes <= 8);
		REQUIRE(a->base < 512 && a->index < 512);
		REQUIRE(!a->is_known || a->bytes);
	}
}

static void read_arguments(int fd, const struct bcc_usdt_note *note)
{
	struct bcc_usdt_place place;

	bcc_usdt_place_set(&place, &bcc_arch_x86_64, fd, note);
	check_place(&place);
	bcc_usdt_place_set(&place, &bcc_arch_arm64, fd, note);
	check_place(&place);
}

static void read_file(const uint8_t *data, size_t size)
{
	struct bcc_usdt_notes notes;
	struct bcc_err err = {0};
	int fd = memfd_create("fuzz", MFD_CLOEXEC), ret;

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	ret = bcc_usdt_notes_read(&err, fd, "fuzz", &notes);
	require_answer(ret, &err);
	for (size_t i = 0; i < notes.count; i++)
		read_arguments(fd, &notes.list[i]);
	bcc_usdt_notes_free(&notes);
	bcc_err_clear(&err);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size && *data == 0x7f) {
		read_file(data, size);
		return 0;
	}
	text = strndup((const char *)data, size);
	read_arguments(-1, &(struct bcc_usdt_note){.arguments = text});
	free(text);
	return 0;
}
