// opponents: a Bayer mosaic to the opponents that denoise_generator.cpp works on, in one pass of 16-bit integers.
#include <array>
#include <string>
#include <vector>

#include "Halide.h"
#include "bayer_kernel.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"
#include "stages/opponent.h"
#include "stages/quads.h"

namespace argent {
namespace {

using namespace Halide;

class RenderOpponents : public BayerKernel<RenderOpponents> {
 public:
  Input<float> lift{"lift"};                        ///< whole numbers of light as of `mesh`
  Input<Buffer<std::int16_t, 3>> others{"others"};  ///< (qx, row, 2): weights of highlights, of the channels that are not `first`, Q14
  Input<float> others_first{"others_first"}, others_step{"others_step"};
  Output<Buffer<std::uint16_t, 3>> output{"output"};  ///< (x, y, opponent)

  void configure() { add_packed_inputs(); }

  void generate() {
    generate_roots(max(lift, kAboveZero));
    // 7. Highlights. 8. Opponents.
    for (int k = 0; k < 2; k++) {
      weights_[k] = Func("weights" + std::to_string(k));
      weights_[k](qx, qy) = weight(k);
    }
    for (int s = 0; s < 4; s++) {
      const auto site = static_cast<std::size_t>(s);
      const Expr black = stages::i16(0), green = demosaic_.green[site](qx, qy);
      const auto& difference = demosaic_.differences[site];
      const stages::Rgb found{max(green + difference[0], black), max(green, black), max(green + difference[1], black)};
      const Expr likely = stages::weighted_others(found, first, {weights_[0](qx, qy), weights_[1](qx, qy)});
      const auto opponents = stages::opponent_words(stages::repair_whole(found, wide_(qx, qy), first, likely));
      pixel_[site] = Func("pixel" + std::to_string(s));
      pixel_[site](qx, qy) = Tuple(opponents[0], opponents[1], opponents[2]);
    }
    for (int row = 0; row < 2; row++) line_[row] = stages::line_of(pixel_, row, 3);
    std::vector<Expr> values;
    for (int i = 0; i < 3; i++) {
      Expr word = select(y % 2 == 0, line_[0](x, y / 2)[i], line_[1](x, y / 2)[i]);
      values.push_back(word + asks_ahead(word.type(), y));
    }
    output(x, y, k) = mux(k, values);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_min(0).set_extent(output.dim(0).extent() / kBlock * kBlock);
    output.dim(1).set_min(0).set_extent(output.dim(1).extent() / (2 * strip_pairs) * (2 * strip_pairs));
    output.dim(2).set_bounds(0, 3);
    others.dim(1).set_min(0).dim(2).set_bounds(0, 2);
    output.set_estimates({{0, 3520}, {0, 2304}, {0, 3}});
    others.set_estimates({{0, 1760}, {0, 1}, {0, 2}});
    lift.set_estimate(100);
    others_first.set_estimate(0);
    others_step.set_estimate(0);
    set_estimates();
    if (automatic()) return;

    use_llvm_words();
    Func out = output;
    Var strip("strip"), pair("pair"), odd("odd");
    out.bound(k, 0, 3).split(y, pair, odd, 2, TailStrategy::RoundUp).split(pair, strip, pair, strip_pairs, TailStrategy::RoundUp);
    out.reorder(k, x, odd, pair, strip).unroll(k).unroll(odd);
    schedule_roots(out, pair, strip, 1);
    for (const Func& weights : weights_) slide_along(weights, out, pair, strip, 1);
    schedule_block(out, pixel_, line_);
  }

 private:
  /// Between rows of the mesh.
  Expr weight(int layer) {
    const MeshRows at = mesh_rows(others_first, others_step, others.dim(1).extent());
    Expr own = others(qx, at.row, layer), share = stages::i16(cast<int>(at.fraction * 32767.0f));
    return own + stages::rounded_share_of(others(qx, at.next, layer) - own, share);
  }

  Var y{"y"}, k{"k"};
  std::array<Func, 2> weights_;
  stages::Sites pixel_;
  std::array<Func, 2> line_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderOpponents, argent_render_opponents)
