# cmake -DINPUT=x.safetensors -DOUTPUT=x.cpp -DNAME=function -DHEADER=file.h -P embed.cmake: a file as the bytes that argent::function() gives.
file(READ ${INPUT} bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace argent {
namespace {

alignas(64) constexpr unsigned char kBytes[${size}] = {${bytes}};

}  // namespace

std::span<const std::byte> ${NAME}() { return std::as_bytes(std::span(kBytes)); }

}  // namespace argent
")
