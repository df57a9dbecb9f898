// live: a Bayer mosaic to a picture in one pass of 16-bit integers; nothing the size of the image is written between.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "Halide.h"
#include "live_kernel.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"
#include "stages/quads.h"
#include "stages/yuv.h"

namespace argent {
namespace {

using namespace Halide;

/// Codes with the curve applied, or linear light of 16 bits.
enum class Form { kU8, kLinear16 };
const std::map<std::string, Form> kForms{{"u8", Form::kU8}, {"linear16", Form::kLinear16}};

class RenderLive : public live::LiveKernel<RenderLive> {
 public:
  GeneratorParam<Form> form{"form", Form::kU8, kForms};

  Output<Buffer<>> output{"output", 3};  ///< (R G B, x, y)

  void configure() {
    output.set_type(form == Form::kU8 ? UInt(8) : UInt(16));
    add_packed_inputs();
  }

  void generate() {
    generate_colors();
    for (int s = 0; s < 4; s++) {
      stages::Rgb code = form == Form::kU8 ? words_of(s, qx, qy) : linear_words_of(s);
      if (form == Form::kU8) {
        for (Expr& v : code) v = stages::upper_byte(v);
      }
      pixel_[s] = Func("pixel" + std::to_string(s));
      pixel_[s](qx, qy) = Tuple(code[0], code[1], code[2]);
    }
    for (int row = 0; row < 2; row++) line_[row] = stages::line_of(pixel_, row, 3);
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) {
      Expr code = select(y % 2 == 0, line_[0](x, y / 2)[i], line_[1](x, y / 2)[i]);
      rgb.push_back(code + asks_ahead(code.type(), y));
    }
    output(c, x, y) = mux(c, rgb);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1);
    output.dim(1).set_min(0).set_stride(3).set_extent(output.dim(1).extent() / kBlock * kBlock);
    output.dim(2).set_min(0).set_extent(output.dim(2).extent() / (2 * strip_pairs) * (2 * strip_pairs));
    output.set_estimates({{0, 3}, {0, 3520}, {0, 2304}});
    set_estimates();
    if (automatic()) return;

    use_llvm_words();
    Func out = output;
    Var strip("strip"), pair("pair"), odd("odd");
    out.bound(c, 0, 3).split(y, pair, odd, 2, TailStrategy::RoundUp).split(pair, strip, pair, strip_pairs, TailStrategy::RoundUp);
    out.reorder(c, x, odd, pair, strip).unroll(c).unroll(odd);
    schedule_colors(out, pair, strip, 1);
    schedule_block(out, pixel_, line_);
  }

 private:
  stages::Rgb linear_words_of(int s) {
    stages::Rgb words = light_of(s, qx, qy);
    for (Expr& v : words) v = stages::u16(cast<std::int32_t>(clamp(v * 65535.0f + 0.5f, 0.0f, 65535.0f)));
    return words;
  }

  Var y{"y"}, c{"c"};
  stages::Sites pixel_;
  std::array<Func, 2> line_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderLive, argent_render_live)
