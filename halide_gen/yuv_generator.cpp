// yuv: a picture of 8 bits as NV12, a pair of rows at a time.
#include "Halide.h"
#include "isp/yuv_layout.h"
#include "kernel_generator.h"
#include "stages/quads.h"
#include "stages/yuv.h"

namespace argent {
namespace {

using namespace Halide;

/// The three buffers are as large as each other: rows in pairs. Their width is a multiple of kYuvBlock.
class Yuv : public KernelGenerator<Yuv> {
 public:
  Input<Buffer<std::uint8_t, 3>> picture{"picture"};              ///< (R G B, x, y)
  Input<Buffer<std::int32_t, 2>> matrix{"matrix"};                ///< (R G B offset, Y Cb Cr)
  Output<Func> output{"output", {UInt(8), UInt(8), UInt(8)}, 2};  ///< (x, pair): even rows of luma, odd rows, Cb and Cr by turns

  void generate() {
    if (has_llvm_words()) {
      const auto bytes = [&](int part) {
        constexpr int kBytes = 3 * llvm_words::kPixels;  // of a block
        Expr last = 3 * picture.dim(1).extent() - 1, block = x / llvm_words::kPixels;
        Expr byte = block * kBytes + part * llvm_words::kPixels + x % llvm_words::kPixels;
        // By whole blocks: of a condition on bytes Halide does not see that a last block may be whole.
        byte = unsafe_promise_clamped(select(block < (last + 1) / kBytes, likely(byte), min(byte, last)), 0, last);
        return picture(byte % 3, byte / 3, y);
      };
      const auto channel = [&](int i) { return llvm_words::channel_of(i, bytes(0), bytes(1), bytes(2)); };
      planes_(x, y, c) = mux(c, {channel(0), channel(1), channel(2)});
    } else {
      planes_(x, y, c) = picture(c, stages::inside(x, picture.dim(1).extent() - 1), y);
    }
    const auto word = [&](Expr at_x, Expr at_y, int channel) { return cast<std::uint16_t>(planes_(at_x, at_y, channel)) << 8; };
    luma_(x, y) = stages::upper_byte(stages::luma_word({word(x, y, 0), word(x, y, 1), word(x, y, 2)}, matrix));
    stages::Rgb means;
    for (int i = 0; i < 3; i++) {
      const auto of_row = [&](Expr row) { return stages::mean_of_two(word(2 * x, row, i), word(2 * x + 1, row, i)); };
      means[i] = stages::mean_of_two(of_row(2 * pair), of_row(2 * pair + 1));
    }
    differences_(x, pair) =
        Tuple(stages::upper_byte(stages::chroma_word(means, matrix, 1)), stages::upper_byte(stages::chroma_word(means, matrix, 2)));
    interleaved_(x, pair) = select(x % 2 == 0, differences_(x / 2, pair)[0], differences_(x / 2, pair)[1]);
    output(x, pair) = Tuple(luma_(x, 2 * pair), luma_(x, 2 * pair + 1), interleaved_(x, pair));
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    Func out = output;
    auto first = out.output_buffers()[0];  // the others are as large
    first.dim(0).set_min(0).set_extent(first.dim(0).extent() / kYuvBlock * kYuvBlock);
    first.dim(1).set_min(0);
    picture.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).set_stride(3).dim(2).set_min(0);
    matrix.dim(0).set_bounds(0, 4).dim(1).set_bounds(0, 3);
    picture.set_estimates({{0, 3}, {0, 1920}, {0, 1080}});
    matrix.set_estimates({{0, 4}, {0, 3}});
    output.set_estimates({{0, 1920}, {0, 540}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<std::uint16_t>();
    out.vectorize(x, lanes, TailStrategy::RoundUp).parallel(pair);
    planes_.compute_at(out, pair).bound(c, 0, 3).reorder(c, x, y).unroll(c);
    const int block = has_llvm_words() ? llvm_words::kPixels : lanes;
    planes_.align_bounds(x, block).vectorize(x, block, TailStrategy::RoundUp);
    differences_.compute_at(out, pair).vectorize(x, lanes / 2, TailStrategy::RoundUp);
    interleaved_.compute_at(out, pair).vectorize(x, lanes, TailStrategy::RoundUp);
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"}, pair{"pair"};
  Func planes_{"planes"}, luma_{"luma"}, differences_{"differences"}, interleaved_{"interleaved"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Yuv, argent_yuv)
