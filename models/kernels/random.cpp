#include "models/kernels/random.h"

#include <array>
#include <cstdint>

#include "models/kernels/element_loops.h"
#include "models/kernels/philox.h"

namespace argent::kernels {
namespace {

using Bits = std::array<std::uint32_t, 4>;

/// Element i is draw(bits of block i / kPerBlock, i % kPerBlock).
template <class T, std::int64_t kPerBlock, class Draw>
void fill_blocks(const Array& out, const Array& state, Draw&& draw) {
  const auto* const words = state.raw_as<std::int64_t>();
  const auto key = static_cast<std::uint64_t>(words[0]), counter = static_cast<std::uint64_t>(words[state.strides()[0]]);
  T* const to = out.raw_as<T>();
  Context& context = Context::current();
  const std::int64_t count = out.count(), blocks = (count + kPerBlock - 1) / kPerBlock;
  parallel_for(context.pool(), count < kParallelElements ? 1 : context.threads(), blocks, kParallelElements / 8,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t block = begin; block < end; block++) {
                   const Bits bits = philox(key, static_cast<std::uint64_t>(block), counter);
                   for (std::int64_t i = 0; i < kPerBlock && block * kPerBlock + i < count; i++)
                     to[block * kPerBlock + i] = static_cast<T>(draw(bits, static_cast<std::size_t>(i)));
                 }
               });
}

/// 0 <= u < 1, as many of the bits as the type holds, so that none rounds to 1.
template <class T>
auto unit(const Bits& bits, std::size_t i) {
  if constexpr (std::is_same_v<T, double>) {
    const std::uint64_t word = std::uint64_t{bits[2 * i]} << 32 | bits[2 * i + 1];
    return static_cast<double>(word >> 11) * 0x1p-53;
  } else {
    constexpr int kDigits = std::is_same_v<T, Half> ? 11 : std::is_same_v<T, BFloat16> ? 8 : 24;
    return static_cast<float>(bits[i] >> (32 - kDigits)) / static_cast<float>(1 << kDigits);
  }
}

}  // namespace

void fill_uniform(const Array& out, const Array& state) {
  with_type_of<Domain::kFloating>(out.dtype(), [&]<class T>() {
    fill_blocks<T, std::is_same_v<T, double> ? 2 : 4>(out, state, [](const Bits& bits, std::size_t i) { return unit<T>(bits, i); });
  });
}

void fill_normal(const Array& out, const Array& state) {
  with_type_of<Domain::kFloating>(out.dtype(), [&]<class T>() {
    fill_blocks<T, 4>(out, state, [](const Bits& bits, std::size_t i) {
      return static_cast<Computed<T>>(normal_pair(bits[i & 2U], bits[i | 1U])[i & 1U]);
    });
  });
}

}  // namespace argent::kernels
