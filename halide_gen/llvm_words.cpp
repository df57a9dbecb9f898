#include "llvm_words.h"

#include <dlfcn.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace argent::llvm_words {
namespace {

constexpr const char* kLayout = R"(
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
)";

// LLVM 14 keeps vectors that find no register where the stack happens to be, across two lines of the cache as a rule: it settles how the
// stack lies before it knows of them. Something that has to lie at a line's start settles it.
constexpr const char* kAlignedStack = R"(
define weak_odr i32 @argent_align_stack() #2 {
  %line = alloca [64 x i8], align 64
  %first = getelementptr [64 x i8], [64 x i8]* %line, i64 0, i64 0
  store volatile i8 0, i8* %first, align 64
  ret i32 0
}

attributes #2 = { alwaysinline nounwind }
)";

// Weak, for each kernel has a copy. None but the prefetch is of scalars: a call in vectors that Halide finds none for does not link.
constexpr const char* kWords = R"(
declare <32 x i16> @llvm.x86.avx512.vpermi2var.hi.512(<32 x i16>, <32 x i16>, <32 x i16>)
declare <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float>, <16 x i32>, <16 x float>)
declare <32 x i16> @llvm.x86.avx512.pmulhu.w.512(<32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.x86.avx512.pmulh.w.512(<32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.x86.avx512.pmul.hr.sw.512(<32 x i16>, <32 x i16>)
declare <32 x i16> @llvm.abs.v32i16(<32 x i16>, i1)
declare <32 x i16> @llvm.usub.sat.v32i16(<32 x i16>, <32 x i16>)
declare <16 x float> @llvm.sqrt.v16f32(<16 x float>)
declare <16 x float> @llvm.fabs.v16f32(<16 x float>)
declare <16 x float> @llvm.x86.avx512.rcp14.ps.512(<16 x float>, <16 x float>, i16)
declare <16 x float> @llvm.x86.avx512.rsqrt14.ps.512(<16 x float>, <16 x float>, i16)
declare <32 x i16> @llvm.x86.avx512.packusdw.512(<16 x i32>, <16 x i32>)
declare void @llvm.prefetch.p0i8(i8*, i32, i32, i32)

define weak_odr <32 x i16> @argent_lookup64x32(<32 x i16> %index, <32 x i16> %low, <32 x i16> %high) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.vpermi2var.hi.512(<32 x i16> %low, <32 x i16> %index, <32 x i16> %high)
  ret <32 x i16> %out
}

define weak_odr <16 x float> @argent_lookup32x16(<16 x i32> %index, <16 x float> %low, <16 x float> %high) #0 {
  %out = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> %low, <16 x i32> %index, <16 x float> %high)
  ret <16 x float> %out
}

define weak_odr <32 x i16> @argent_share_ofx32(<32 x i16> %a, <32 x i16> %b) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.pmulhu.w.512(<32 x i16> %a, <32 x i16> %b)
  ret <32 x i16> %out
}

define weak_odr <32 x i16> @argent_signed_share_ofx32(<32 x i16> %a, <32 x i16> %b) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.pmulh.w.512(<32 x i16> %a, <32 x i16> %b)
  ret <32 x i16> %out
}

define weak_odr <32 x i16> @argent_rounded_share_ofx32(<32 x i16> %a, <32 x i16> %b) #0 {
  %out = call <32 x i16> @llvm.x86.avx512.pmul.hr.sw.512(<32 x i16> %a, <32 x i16> %b)
  ret <32 x i16> %out
}

define weak_odr <32 x i16> @argent_absx32(<32 x i16> %value) #0 {
  %out = call <32 x i16> @llvm.abs.v32i16(<32 x i16> %value, i1 false)
  ret <32 x i16> %out
}

define weak_odr <16 x float> @argent_sqrtx16(<16 x float> %square) #0 {
  %out = call <16 x float> @llvm.sqrt.v16f32(<16 x float> %square)
  ret <16 x float> %out
}

define weak_odr <16 x float> @argent_magnitudex16(<16 x float> %value) #0 {
  %out = call <16 x float> @llvm.fabs.v16f32(<16 x float> %value)
  ret <16 x float> %out
}

define weak_odr <16 x float> @argent_fast_inversex16(<16 x float> %value) #0 {
  %out = call <16 x float> @llvm.x86.avx512.rcp14.ps.512(<16 x float> %value, <16 x float> zeroinitializer, i16 -1)
  ret <16 x float> %out
}

define weak_odr <16 x float> @argent_inverse_rootx16(<16 x float> %value) #0 {
  %out = call <16 x float> @llvm.x86.avx512.rsqrt14.ps.512(<16 x float> %value, <16 x float> zeroinitializer, i16 -1)
  ret <16 x float> %out
}

define weak_odr <16 x i32> @argent_halves_abovex16(<16 x i32> %pair, <16 x i32> %other) #0 {
  %a = bitcast <16 x i32> %pair to <32 x i16>
  %b = bitcast <16 x i32> %other to <32 x i16>
  %halves = call <32 x i16> @llvm.usub.sat.v32i16(<32 x i16> %a, <32 x i16> %b)
  %out = bitcast <32 x i16> %halves to <16 x i32>
  ret <16 x i32> %out
}

; For reading, into the second level.
define weak_odr i8 @argent_prefetch(i8* %memory, i64 %offset) #1 {
  %first = getelementptr i8, i8* %memory, i64 %offset
  call void @llvm.prefetch.p0i8(i8* %first, i32 0, i32 2, i32 1)
  %second = getelementptr i8, i8* %first, i64 64
  call void @llvm.prefetch.p0i8(i8* %second, i32 0, i32 2, i32 1)
  ret i8 0
}

attributes #1 = { alwaysinline nounwind }
attributes #0 = { alwaysinline nounwind readnone "target-features"="+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx2" }
)";

// $APART: words and zeros in turn, as punpcklwd and punpckhwd have them.
constexpr const char* kHalves = R"(
define weak_odr <32 x i32> @argent_apartx32(<32 x i16> %words) #0 {
  %halves = shufflevector <32 x i16> %words, <32 x i16> zeroinitializer, <64 x i32> <$APART>
  %out = bitcast <64 x i16> %halves to <32 x i32>
  ret <32 x i32> %out
}

define weak_odr <32 x i16> @argent_together_saturatedx32(<32 x i32> %apart) #0 {
  %first = shufflevector <32 x i32> %apart, <32 x i32> poison, <16 x i32> <$LOWER>
  %last = shufflevector <32 x i32> %apart, <32 x i32> poison, <16 x i32> <$UPPER>
  %out = call <32 x i16> @llvm.x86.avx512.packusdw.512(<16 x i32> %first, <16 x i32> %last)
  ret <32 x i16> %out
}
)";

// An instruction for a choice of words from two vectors: written as a shuffle, LLVM makes five of it.
constexpr const char* kChosen = R"(
define weak_odr <32 x i16> @argent_$NAMEx32(<32 x i32> %values) #0 {
  %halves = bitcast <32 x i32> %values to <64 x i16>
  %first = shufflevector <64 x i16> %halves, <64 x i16> poison, <32 x i32> <$LOWER>
  %last = shufflevector <64 x i16> %halves, <64 x i16> poison, <32 x i32> <$UPPER>
  %out = call <32 x i16> @llvm.x86.avx512.vpermi2var.hi.512(<32 x i16> %first, <32 x i16> <$CHOICE>, <32 x i16> %last)
  ret <32 x i16> %out
}
)";

// Each code's high byte over the byte of its group that has its low bits, shifted and masked.
constexpr const char* kUnpacked = R"(
define weak_odr <32 x i16> @argent_unpacked$BITSx32(<32 x i8> %first, <32 x i8> %last) #0 {
  %bytes = shufflevector <32 x i8> %first, <32 x i8> %last, <64 x i32> <$ORDER>
  %words = bitcast <64 x i8> %bytes to <32 x i16>
  %raised = lshr <32 x i16> %words, <$HEIGHTS>
  %high = and <32 x i16> %raised, <$HIGHS>
  %lowered = lshr <32 x i16> %words, <$SHIFTS>
  %low = and <32 x i16> %lowered, <$LOWS>
  %out = or <32 x i16> %high, %low
  ret <32 x i16> %out
}
)";

// What the first two vectors have of it, then what the third has.
constexpr const char* kChannel = R"(
define weak_odr <64 x i8> @argent_channel$CHANNELx64(<64 x i8> %first, <64 x i8> %second, <64 x i8> %third) #0 {
  %two = shufflevector <64 x i8> %first, <64 x i8> %second, <64 x i32> <$TWO>
  %three = shufflevector <64 x i8> %two, <64 x i8> %third, <64 x i32> <$THREE>
  ret <64 x i8> %three
}
)";

void fill(std::string& text, const std::string& name, const std::string& value) { text.replace(text.find(name), name.size(), value); }

/// "i16 v(0), i16 v(1), ..."
template <class Value>
std::string list(const std::string& type, int length, const Value& value) {
  std::string out;
  for (int i = 0; i < length; i++) out += (i > 0 ? ", " : "") + type + " " + std::to_string(value(i));
  return out;
}

std::string unpacked_word(int bits) {
  const int low_bits = bits - 8, pixels = bits == 12 ? 2 : 4, group_bytes = pixels + 1, block_bytes = kUnpackedCodes * bits / 8;
  // In the block's first and last 32 bytes, side by side.
  const auto place = [&](int byte) { return byte < 32 ? byte : 32 + byte - (block_bytes - 32); };
  std::string text = kUnpacked;
  fill(text, "$BITS", std::to_string(bits));
  fill(text, "$ORDER", list("i32", 2 * kUnpackedCodes, [&](int i) {
         const int code = i / 2, own = i % 2 == 0 ? pixels : code % pixels;
         return place(code / pixels * group_bytes + own);
       }));
  fill(text, "$HEIGHTS", list("i16", kUnpackedCodes, [&](int) { return 8 - low_bits; }));
  fill(text, "$HIGHS", list("i16", kUnpackedCodes, [&](int) { return 0xff << low_bits; }));
  fill(text, "$SHIFTS", list("i16", kUnpackedCodes, [&](int code) { return code % pixels * low_bits; }));
  fill(text, "$LOWS", list("i16", kUnpackedCodes, [&](int) { return (1 << low_bits) - 1; }));
  return text;
}

std::string channel_word(int channel) {
  const auto byte_of = [&](int pixel) { return 3 * pixel + channel; };
  std::string text = kChannel;
  fill(text, "$CHANNEL", std::to_string(channel));
  fill(text, "$TWO", list("i32", kPixels, [&](int pixel) { return byte_of(pixel) < 2 * kPixels ? byte_of(pixel) : 0; }));
  // Behind the kPixels of the first two, the third's.
  fill(text, "$THREE", list("i32", kPixels, [&](int pixel) { return byte_of(pixel) < 2 * kPixels ? pixel : byte_of(pixel) - kPixels; }));
  return text;
}

/// Parts of 128 bits have four numbers of 32 bits each, four more in the other vector's same part.
std::string halves_words() {
  constexpr int kWords16 = 32, kParts = 4, kOfPart = 4;
  std::string text = kHalves;
  fill(text, "$APART", list("i32", 2 * kWords16, [](int half) {
         const int number = half / 2, vector = number / 16, part = number / kOfPart % kParts;
         return half % 2 == 1 ? kWords16 : part * 2 * kOfPart + vector * kOfPart + number % kOfPart;
       }));
  fill(text, "$LOWER", list("i32", 16, [](int i) { return i; }));
  fill(text, "$UPPER", list("i32", 16, [](int i) { return 16 + i; }));
  return text;
}

/// `choice`: for each word the number whose lower half it is.
template <class Choice>
std::string chosen_word(const std::string& name, const Choice& choice) {
  std::string text = kChosen;
  fill(text, "$NAME", name);
  fill(text, "$LOWER", list("i32", 32, [](int i) { return i; }));
  fill(text, "$UPPER", list("i32", 32, [](int i) { return 32 + i; }));
  fill(text, "$CHOICE", list("i16", 32, [&](int word) { return 2 * choice(word); }));
  return text;
}

/// Of the LLVM that Halide brings with it: its C interface (llvm-c/Core.h, IRReader.h, BitWriter.h), the same for years.
template <class Function>
Function* of_llvm(const char* name) {
  void* found = dlsym(RTLD_DEFAULT, name);
  if (found == nullptr) throw std::runtime_error(std::string("no ") + name + " in Halide's LLVM");
  return reinterpret_cast<Function*>(found);
}

}  // namespace

std::vector<std::uint8_t> bitcode(bool words) {
  using Any = void*;
  // Of what is apart a vector has four, then the other four.
  const auto together = [](int word) { return word / 4 % 2 * 16 + word / 8 * 4 + word % 4; };
  std::string text = std::string(kLayout) + kAlignedStack;
  if (words)
    text += kWords + halves_words() + chosen_word("low", [](int word) { return word; }) + chosen_word("together", together) +
            unpacked_word(10) + unpacked_word(12) + channel_word(0) + channel_word(1) + channel_word(2);
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

}  // namespace argent::llvm_words
