#include "llvm_words.h"

#include <dlfcn.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace argent::llvm_words {
namespace {

// Weak, for each kernel has a copy. Those of scalars stand for a lane and are never called.
constexpr const char* kWords = R"(
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"

declare <32 x i16> @llvm.x86.avx512.vpermi2var.hi.512(<32 x i16>, <32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.x86.avx512.pmulhu.w.512(<32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.x86.avx512.pmulh.w.512(<32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.abs.v32i16(<32 x i16>, i1)
declare <16 x float> @llvm.sqrt.v16f32(<16 x float>)
declare <16 x float> @llvm.x86.avx512.rcp14.ps.512(<16 x float>, <16 x float>, i16)

define weak_odr i16 @argent_lookup64(i16 %index, i16 %low, i16 %high) #0 {
  ret i16 %low
}
define weak_odr <32 x i16> @argent_lookup64x32(<32 x i16> %index, <32 x i16> %low, <32 x i16> %high) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.vpermi2var.hi.512(<32 x i16> %low, <32 x i16> %index, <32 x i16> %high)
  ret <32 x i16> %out
}

define weak_odr i16 @argent_share_of(i16 %a, i16 %b) #0 {
  ret i16 %a
}
define weak_odr <32 x i16> @argent_share_ofx32(<32 x i16> %a, <32 x i16> %b) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.pmulhu.w.512(<32 x i16> %a, <32 x i16> %b)
  ret <32 x i16> %out
}

define weak_odr i16 @argent_signed_share_of(i16 %a, i16 %b) #0 {
  ret i16 %a
}
define weak_odr <32 x i16> @argent_signed_share_ofx32(<32 x i16> %a, <32 x i16> %b) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.pmulh.w.512(<32 x i16> %a, <32 x i16> %b)
  ret <32 x i16> %out
}

define weak_odr i16 @argent_abs(i16 %value) #0 {
  ret i16 %value
}
define weak_odr <32 x i16> @argent_absx32(<32 x i16> %value) #0 {
  %out = call <32 x i16> @llvm.abs.v32i16(<32 x i16> %value, i1 false)
  ret <32 x i16> %out
}

define weak_odr float @argent_sqrt(float %square) #0 {
  ret float %square
}
define weak_odr <16 x float> @argent_sqrtx16(<16 x float> %square) #0 {
  %out = call <16 x float> @llvm.sqrt.v16f32(<16 x float> %square)
  ret <16 x float> %out
}

define weak_odr float @argent_fast_inverse(float %value) #0 {
  ret float %value
}
define weak_odr <16 x float> @argent_fast_inversex16(<16 x float> %value) #0 {
  %out = call <16 x float> @llvm.x86.avx512.rcp14.ps.512(<16 x float> %value, <16 x float> zeroinitializer, i16 -1)
  ret <16 x float> %out
}

attributes #0 = { alwaysinline nounwind readnone "target-features"="+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx2" }
)";

/// The word of llvm_words::unpacked(): each code's high byte over the byte of its group that has its low bits, shifted and masked.
std::string unpacked_word(int bits) {
  const int low_bits = bits - 8, pixels = bits == 12 ? 2 : 4, group_bytes = pixels + 1, block_bytes = kUnpackedCodes * bits / 8;
  std::string order, shifts, highs, lows, heights;
  const auto list = [](std::string& text, const char* type, int value) {
    text += (text.empty() ? "" : ", ") + std::string(type) + " " + std::to_string(value);
  };
  // Of two vectors of 32 bytes side by side.
  const auto place = [&](int byte) { return byte < 32 ? byte : 32 + byte - (block_bytes - 32); };
  for (int code = 0; code < kUnpackedCodes; code++) {
    const int group = code / pixels * group_bytes, own = code % pixels;
    list(order, "i32", place(group + pixels));
    list(order, "i32", place(group + own));
    list(heights, "i16", 8 - low_bits);
    list(highs, "i16", 0xff << low_bits);
    list(shifts, "i16", own * low_bits);
    list(lows, "i16", (1 << low_bits) - 1);
  }
  const std::string name = "@argent_unpacked" + std::to_string(bits), codes = "<32 x i16>";
  return "define weak_odr i16 " + name +
         "(i8 %first, i8 %last) #0 {\n  ret i16 0\n}\n"
         "define weak_odr " +
         codes + " " + name +
         "x32(<32 x i8> %first, <32 x i8> %last) #0 {\n"
         "  %bytes = shufflevector <32 x i8> %first, <32 x i8> %last, <64 x i32> <" +
         order +
         ">\n"
         "  %words = bitcast <64 x i8> %bytes to " +
         codes +
         "\n"
         "  %raised = lshr " +
         codes + " %words, <" + heights +
         ">\n"
         "  %high = and " +
         codes + " %raised, <" + highs +
         ">\n"
         "  %lowered = lshr " +
         codes + " %words, <" + shifts +
         ">\n"
         "  %low = and " +
         codes + " %lowered, <" + lows +
         ">\n"
         "  %out = or " +
         codes +
         " %high, %low\n"
         "  ret " +
         codes + " %out\n}\n";
}

/// The word of llvm_words::channel_of(): what the first two vectors have of it, then what the third has.
std::string channel_word(int channel) {
  std::string two, three;
  const auto list = [](std::string& text, int value) { text += (text.empty() ? "i32 " : ", i32 ") + std::to_string(value); };
  for (int pixel = 0; pixel < kPixels; pixel++) {
    const int byte = 3 * pixel + channel;
    list(two, byte < 2 * kPixels ? byte : 0);
    list(three, byte < 2 * kPixels ? pixel : byte - kPixels);  // kPixels + its place in the third
  }
  const std::string name = "@argent_channel" + std::to_string(channel), bytes = "<64 x i8>";
  return "define weak_odr i8 " + name + "(i8 %first, i8 %second, i8 %third) #0 {\n  ret i8 0\n}\n" + "define weak_odr " + bytes + " " +
         name + "x64(" + bytes + " %first, " + bytes + " %second, " + bytes + " %third) #0 {\n" + "  %two = shufflevector " + bytes +
         " %first, " + bytes + " %second, <64 x i32> <" + two + ">\n" + "  %three = shufflevector " + bytes + " %two, " + bytes +
         " %third, <64 x i32> <" + three + ">\n" + "  ret " + bytes + " %three\n}\n";
}

/// Halide's calls that it would split into halves of 256 bits. Its reciprocal has 12 bits, this one 14.
class WholeVectors : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Call* call) override {
    using Halide::Internal::Call;
    const Halide::Expr changed = IRMutator::visit(call);
    const auto* op = changed.as<Call>();
    if (op == nullptr) return changed;
    const auto instead = [&](const char* name, const std::vector<Halide::Expr>& arguments) {
      return Call::make(op->type, name, arguments, Call::PureExtern);
    };
    if (op->is_intrinsic(Call::mul_shift_right) && op->type.bits() == 16 && op->type.lanes() % 32 == 0 &&
        Halide::Internal::is_const(op->args[2], 16) && op->args[0].type() == op->type && op->args[1].type() == op->type)
      return instead(op->type.is_uint() ? "argent_share_of" : "argent_signed_share_of", {op->args[0], op->args[1]});
    if (op->is_intrinsic(Call::abs) && op->type.bits() == 16 && op->type.lanes() % 32 == 0 && op->args[0].type().is_int())
      return Halide::Internal::Cast::make(op->type, Call::make(op->args[0].type(), "argent_abs", op->args, Call::PureExtern));
    if (op->name == "sqrt_f32" && op->type.lanes() % 16 == 0) return instead("argent_sqrt", op->args);
    if (op->name == "fast_inverse_f32" && op->type.lanes() % 16 == 0) return instead("argent_fast_inverse", op->args);
    return changed;
  }
};

/// Of the LLVM that Halide brings with it: its C interface (llvm-c/Core.h, IRReader.h, BitWriter.h), the same for years.
template <class Function>
Function* of_llvm(const char* name) {
  void* found = dlsym(RTLD_DEFAULT, name);
  if (found == nullptr) throw std::runtime_error(std::string("no ") + name + " in Halide's LLVM");
  return reinterpret_cast<Function*>(found);
}

}  // namespace

std::vector<std::uint8_t> bitcode() {
  using Any = void*;
  const std::string text = kWords + unpacked_word(10) + unpacked_word(12) + channel_word(0) + channel_word(1) + channel_word(2);
  const Any context = of_llvm<Any()>("LLVMContextCreate")();
  const Any memory = of_llvm<Any(const char*, std::size_t, const char*)>("LLVMCreateMemoryBufferWithMemoryRangeCopy")(
      text.data(), text.size(), "llvm_words");
  Any module = nullptr;
  char* error = nullptr;
  if (of_llvm<int(Any, Any, Any*, char**)>("LLVMParseIRInContext")(context, memory, &module, &error) != 0)
    throw std::runtime_error(error != nullptr ? error : "LLVM does not take llvm_words");
  const Any out = of_llvm<Any(Any)>("LLVMWriteBitcodeToMemoryBuffer")(module);
  const char* begin = of_llvm<const char*(Any)>("LLVMGetBufferStart")(out);
  return {begin, begin + of_llvm<std::size_t(Any)>("LLVMGetBufferSize")(out)};  // a generator is gone before what it leaks
}

Halide::Internal::IRMutator* whole_vectors() { return new WholeVectors; }

}  // namespace argent::llvm_words
