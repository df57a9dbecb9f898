// live_video: a Bayer mosaic to NV12, as `live` in one pass.
#include <array>
#include <string>
#include <vector>

#include "Halide.h"
#include "isp/yuv_layout.h"
#include "live_kernel.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"
#include "stages/quads.h"
#include "stages/yuv.h"

namespace argent {
namespace {

using namespace Halide;

/// NV12 of colors that are not rounded to codes before, a row pair of the picture at a time. The picture may begin at a region's second
/// column or row.
class RenderLiveVideo : public live::LiveKernel<RenderLiveVideo> {
 public:
  static_assert(kYuvBlock == kBlock);

  Input<Buffer<std::int32_t, 1>> begins{"begins"};          ///< (0 column / 1 row of the region), 0 or 1 each
  Input<Buffer<std::int32_t, 2>> yuv_matrix{"yuv_matrix"};  ///< (R G B offset, Y Cb Cr), of stages/yuv.h
  /// (x, pair): luma of rows with red, of rows with blue (they come first where begins(1) is 1), Cb and Cr by turns. The buffers are as
  /// large as each other, their width a multiple of kYuvBlock.
  Output<Func> output{"output", {UInt(8), UInt(8), UInt(8)}, 2};

  void configure() { add_packed_inputs(); }

  void generate() {
    generate_colors();
    // A copy, of which Halide knows nothing: where rows that are kept begin does then not depend on it. Every loop would work out
    // addresses.
    begins_(i) = begins(i);
    const Expr right = unsafe_promise_clamped(qx + begins_(0), qx, qx + 1), down = unsafe_promise_clamped(qy + begins_(1), qy, qy + 1);
    for (int s = 0; s < 4; s++) {
      const stages::Rgb words = words_of(s, s % 2 == 0 ? right : qx, s / 2 == 0 ? down : qy);
      pixel_[s] = Func("pixel" + std::to_string(s));
      pixel_[s](qx, qy) = Tuple(words[0], words[1], words[2]);
    }
    const auto at = [&](int s, int channel) { return pixel_[s](x / 2, pair)[channel]; };
    for (int row = 0; row < 2; row++) {
      std::array<Expr, 2> luma;
      for (int side = 0; side < 2; side++)
        luma[side] = stages::luma_word({at(2 * row + side, 0), at(2 * row + side, 1), at(2 * row + side, 2)}, yuv_matrix, true);
      line_[row] = Func("luma" + std::to_string(row));
      line_[row](x, pair) = select(x % 2 == 0, stages::upper_byte(select(begins_(0) == 0, luma[0], luma[1])),
                                   stages::upper_byte(select(begins_(0) == 0, luma[1], luma[0])));
    }
    stages::Rgb means;
    for (int i = 0; i < 3; i++)
      means[i] = stages::mean_of_two(stages::mean_of_two(at(0, i), at(1, i)), stages::mean_of_two(at(2, i), at(3, i)));
    line_[2] = Func("chroma");
    line_[2](x, pair) = select(x % 2 == 0, stages::upper_byte(stages::chroma_word(means, yuv_matrix, 1)),
                               stages::upper_byte(stages::chroma_word(means, yuv_matrix, 2)));
    std::vector<Expr> planes;
    for (const Func& line : line_) planes.push_back(line(x, pair));
    for (int row = 0; row < 2; row++) planes[row] += asks_ahead(UInt(8), 2 * pair + row);
    output(x, pair) = Tuple(planes);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    Func out = output;
    auto lumas = out.output_buffers()[0];  // the others are as large
    lumas.dim(0).set_min(0).set_extent(lumas.dim(0).extent() / kYuvBlock * kYuvBlock);
    lumas.dim(1).set_min(0).set_extent(lumas.dim(1).extent() / strip_pairs * strip_pairs);
    begins.dim(0).set_bounds(0, 2);
    begins.set_estimates({{0, 2}});
    yuv_matrix.dim(0).set_bounds(0, 4).dim(1).set_bounds(0, 3);
    yuv_matrix.set_estimates({{0, 4}, {0, 3}});
    output.set_estimates({{0, 3520}, {0, 1152}});
    set_estimates();
    if (automatic()) return;

    use_llvm_words();
    Var strip("strip");
    out.split(pair, strip, pair, strip_pairs, TailStrategy::RoundUp);
    schedule_colors(out, pair, strip, 2);
    begins_.compute_at(out, strip);
    schedule_block(out, pixel_, line_);
  }

 private:
  Var pair{"pair"}, i{"i"};
  Func begins_{"begin"};
  stages::Sites pixel_;
  std::array<Func, 3> line_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderLiveVideo, argent_render_live_video)
