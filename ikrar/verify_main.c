/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar verify alone, linked statically: what an inspectorate is handed. */
#include "core/log.h"
#include "ikrar/cmd_verify.h"

int
main(int argc, char **argv)
{
	log_open("ikrar-verify", LOG_LEVEL_WARN);
	return cmd_verify_alone(argc, argv);
}
