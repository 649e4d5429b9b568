/* The API's description, schemas/openapi.yaml, as bytes of the program. */
    .section .rodata
    .global openapi_yaml, openapi_yaml_end
openapi_yaml:
    .incbin JUMUN_OPENAPI
openapi_yaml_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
