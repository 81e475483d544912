/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bcc-compile: the compiler as a program. libbcc.so starts it for each text (--serve), so that no text can
 * harm the process that the library is in. From a shell it compiles a file to an object.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/compile_wire.h"
#include "serve.h"

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], BCC_WIRE_ARGUMENT) == 0)
		bcc_serve(atoi(argv[2])); /* NOLINT(bugprone-unchecked-string-to-number-conversion): ours */
	return bcc_command(argc, argv);
}
