/* SPDX-License-Identifier: Apache-2.0 */
/* The older name of "bpfcc cache". */
#include <argp.h>

#include "verb.h"

int main(int argc, char **argv)
{
	argp_err_exit_status = 2;
	return verb_cache.run(argc, argv);
}
