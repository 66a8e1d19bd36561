# What C# cannot say: the entry point, and a system call that returns -errno. No C library takes part.
	.globl _start,syscall
	.text
# The kernel enters with argc at the stack pointer and argv behind it (System V ABI, 3.4.1).
_start:	xor %ebp,%ebp
	mov (%rsp),%rdi
	lea 8(%rsp),%rsi
	and $-16,%rsp
	call main
	mov %eax,%edi
	mov $231,%eax			# exit_group
	syscall
# long syscall(long number, long a, long b, long c, long d, long e, long f)
syscall: mov %rdi,%rax
	mov %rsi,%rdi
	mov %rdx,%rsi
	mov %rcx,%rdx
	mov %r8,%r10
	mov %r9,%r8
	mov 8(%rsp),%r9
	syscall
	ret
# ilc checks stack buffers against this word.
	.section .rodata
	.globl __security_cookie
	.balign 8
__security_cookie: .quad 0x5bd1e995c3a5c85c
	.section .note.GNU-stack,"",@progbits
