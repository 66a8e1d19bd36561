// What C# cannot say: the entry point, and a system call that returns -errno. No C library takes part.
	.globl _start,syscall
	.text
// The kernel enters with argc at the stack pointer, which is aligned to 16, and argv behind it (AAPCS64, and fs/binfmt_elf.c).
_start:	mov x29,#0
	mov x30,#0
	ldr x0,[sp]
	add x1,sp,#8
	bl main
	mov x8,#94			// exit_group
	svc #0
// long syscall(long number, long a, long b, long c, long d, long e, long f)
syscall: mov x8,x0
	mov x0,x1
	mov x1,x2
	mov x2,x3
	mov x3,x4
	mov x4,x5
	mov x5,x6
	svc #0
	ret
// ilc checks stack buffers against this word.
	.section .rodata
	.globl __security_cookie
	.balign 8
__security_cookie: .quad 0x5bd1e995c3a5c85c
	.section .note.GNU-stack,"",%progbits
