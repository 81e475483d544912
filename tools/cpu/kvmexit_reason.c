/* SPDX-License-Identifier: Apache-2.0 */
#include "kvmexit_reason.h"

#include <stddef.h>

#include "common/array.h"
#include "kvmexit_processor.h"

/* Intel's manual, volume 3, appendix C; BCC's names for the first ones. */
static const char *const vmx[] = {
	[0] = "EXCEPTION_NMI",
	[1] = "EXTERNAL_INTERRUPT",
	[2] = "TRIPLE_FAULT",
	[3] = "INIT_SIGNAL",
	[4] = "SIPI_SIGNAL",
	[6] = "OTHER_SMI",
	[7] = "INTERRUPT_WINDOW",
	[8] = "NMI_WINDOW",
	[9] = "TASK_SWITCH",
	[10] = "CPUID",
	[12] = "HLT",
	[13] = "INVD",
	[14] = "INVLPG",
	[15] = "RDPMC",
	[16] = "RDTSC",
	[18] = "VMCALL",
	[19] = "VMCLEAR",
	[20] = "VMLAUNCH",
	[21] = "VMPTRLD",
	[22] = "VMPTRST",
	[23] = "VMREAD",
	[24] = "VMRESUME",
	[25] = "VMWRITE",
	[26] = "VMOFF",
	[27] = "VMON",
	[28] = "CR_ACCESS",
	[29] = "DR_ACCESS",
	[30] = "IO_INSTRUCTION",
	[31] = "MSR_READ",
	[32] = "MSR_WRITE",
	[33] = "INVALID_STATE",
	[34] = "MSR_LOAD_FAIL",
	[36] = "MWAIT_INSTRUCTION",
	[37] = "MONITOR_TRAP_FLAG",
	[39] = "MONITOR_INSTRUCTION",
	[40] = "PAUSE_INSTRUCTION",
	[41] = "MCE_DURING_VMENTRY",
	[43] = "TPR_BELOW_THRESHOLD",
	[44] = "APIC_ACCESS",
	[45] = "EOI_INDUCED",
	[46] = "GDTR_IDTR",
	[47] = "LDTR_TR",
	[48] = "EPT_VIOLATION",
	[49] = "EPT_MISCONFIG",
	[50] = "INVEPT",
	[51] = "RDTSCP",
	[52] = "PREEMPTION_TIMER",
	[53] = "INVVPID",
	[54] = "WBINVD",
	[55] = "XSETBV",
	[56] = "APIC_WRITE",
	[57] = "RDRAND",
	[58] = "INVPCID",
	[59] = "VMFUNC",
	[60] = "ENCLS",
	[61] = "RDSEED",
	[62] = "PML_FULL",
	[63] = "XSAVES",
	[64] = "XRSTORS",
	[67] = "UMWAIT",
	[68] = "TPAUSE",
	[74] = "BUS_LOCK",
	[75] = "NOTIFY",
};

/* AMD's manual, volume 2, appendix C, from 0x60 on; before are accesses to registers, and exceptions. */
enum { SVM_FIRST = 0x60, SVM_EXCEPTIONS = 0x40, SVM_NPF = 0x400 };
static const char *const svm[] = {
	[0x60 - SVM_FIRST] = "INTR",
	[0x61 - SVM_FIRST] = "NMI",
	[0x62 - SVM_FIRST] = "SMI",
	[0x63 - SVM_FIRST] = "INIT",
	[0x64 - SVM_FIRST] = "VINTR",
	[0x65 - SVM_FIRST] = "CR0_SEL_WRITE",
	[0x66 - SVM_FIRST] = "IDTR_READ",
	[0x67 - SVM_FIRST] = "GDTR_READ",
	[0x68 - SVM_FIRST] = "LDTR_READ",
	[0x69 - SVM_FIRST] = "TR_READ",
	[0x6a - SVM_FIRST] = "IDTR_WRITE",
	[0x6b - SVM_FIRST] = "GDTR_WRITE",
	[0x6c - SVM_FIRST] = "LDTR_WRITE",
	[0x6d - SVM_FIRST] = "TR_WRITE",
	[0x6e - SVM_FIRST] = "RDTSC",
	[0x6f - SVM_FIRST] = "RDPMC",
	[0x70 - SVM_FIRST] = "PUSHF",
	[0x71 - SVM_FIRST] = "POPF",
	[0x72 - SVM_FIRST] = "CPUID",
	[0x73 - SVM_FIRST] = "RSM",
	[0x74 - SVM_FIRST] = "IRET",
	[0x75 - SVM_FIRST] = "SWINT",
	[0x76 - SVM_FIRST] = "INVD",
	[0x77 - SVM_FIRST] = "PAUSE",
	[0x78 - SVM_FIRST] = "HLT",
	[0x79 - SVM_FIRST] = "INVLPG",
	[0x7a - SVM_FIRST] = "INVLPGA",
	[0x7b - SVM_FIRST] = "IOIO",
	[0x7c - SVM_FIRST] = "MSR",
	[0x7d - SVM_FIRST] = "TASK_SWITCH",
	[0x7e - SVM_FIRST] = "FERR_FREEZE",
	[0x7f - SVM_FIRST] = "SHUTDOWN",
	[0x80 - SVM_FIRST] = "VMRUN",
	[0x81 - SVM_FIRST] = "VMMCALL",
	[0x82 - SVM_FIRST] = "VMLOAD",
	[0x83 - SVM_FIRST] = "VMSAVE",
	[0x84 - SVM_FIRST] = "STGI",
	[0x85 - SVM_FIRST] = "CLGI",
	[0x86 - SVM_FIRST] = "SKINIT",
	[0x87 - SVM_FIRST] = "RDTSCP",
	[0x88 - SVM_FIRST] = "ICEBP",
	[0x89 - SVM_FIRST] = "WBINVD",
	[0x8a - SVM_FIRST] = "MONITOR",
	[0x8b - SVM_FIRST] = "MWAIT",
	[0x8c - SVM_FIRST] = "MWAIT_COND",
	[0x8d - SVM_FIRST] = "XSETBV",
	[0x8e - SVM_FIRST] = "RDPRU",
};

const char *kvmexit_reason(uint32_t processor, uint32_t reason)
{
	if (processor == KVMEXIT_VMX)
		return reason < ARRAY_SIZE(vmx) ? vmx[reason] : NULL;
	if (processor != KVMEXIT_SVM)
		return NULL;
	if (reason >= SVM_FIRST && reason - SVM_FIRST < ARRAY_SIZE(svm))
		return svm[reason - SVM_FIRST];
	if (reason == SVM_NPF)
		return "NPF";
	return reason >= SVM_EXCEPTIONS && reason < SVM_FIRST ? "EXCEPTION"
	       : reason < SVM_EXCEPTIONS		      ? "CR_DR_ACCESS"
							      : NULL;
}
