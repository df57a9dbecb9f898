// correct: a mosaic without its dark frame, its line noise and the difference of its greens. Run only when something of it is asked for.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/green_balance.h"
#include "stages/quads.h"

namespace argent {
namespace {

using namespace Halide;

class Correct : public KernelGenerator<Correct> {
 public:
  Input<Buffer<std::uint16_t, 2>> mosaic{"mosaic"};            ///< codes (x, y)
  Input<Buffer<float, 2>> dark{"dark"};                        ///< (x, y): codes; of stride 0 where there is none
  Input<Buffer<float, 2>> rows{"rows"}, columns{"columns"};    ///< (y, x % 2), (x, y % 2): codes to take away
  Input<Buffer<float, 2>> black{"black"}, clipped{"clipped"};  ///< (x % 2, y % 2): codes; from `clipped` on a pixel stays as it is
  Input<int> green{"green"};                                   ///< (x + y) % 2 of green pixels
  Input<float> green_strength{"green_strength"}, green_threshold{"green_threshold"};
  Input<float> scale{"scale"};  ///< codes out a code in
  Output<Buffer<std::uint16_t, 2>> output{"output"};

  void generate() {
    // 1. Dark frame. 2. Line noise. Borders are mirrored.
    Expr px = stages::mirror(x, mosaic.width()), py = stages::mirror(y, mosaic.height());
    Expr code = cast<float>(mosaic(px, py)), kept = code >= clipped(px % 2, py % 2);
    clean_(x, y) = select(kept, code, code - dark(px, py) - rows(py, px % 2) - columns(px, py % 2));
    level_(x, y) = clean_(x, y) - black(px % 2, py % 2);
    // 3. Greens.
    neutral_ = green_strength <= 0.0f;
    Expr own = cast<float>(mosaic(x, y)), corrected = clean_(x, y);
    Expr more = select((x + y) % 2 == green && own < clipped(x % 2, y % 2),
                       stages::green_balance(level_, green_strength, green_threshold, x, y), 0.0f);
    corrected = select(neutral_, corrected, corrected + more);
    output(x, y) = cast<std::uint16_t>(clamp(corrected * scale + 0.5f, 0.0f, 65535.0f));
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    for (auto* sites : {&black, &clipped}) sites->dim(0).set_bounds(0, 2).dim(1).set_bounds(0, 2);
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    dark.dim(0).set_stride(Expr());
    dark.dim(0).set_min(0).dim(1).set_min(0);
    rows.dim(0).set_min(0).dim(1).set_bounds(0, 2);
    columns.dim(0).set_min(0).dim(1).set_bounds(0, 2);
    output.dim(0).set_min(0).dim(1).set_min(0);
    mosaic.set_estimates({{0, 3522}, {0, 2348}});
    dark.set_estimates({{0, 3522}, {0, 2348}});
    rows.set_estimates({{0, 2348}, {0, 2}});
    columns.set_estimates({{0, 3522}, {0, 2}});
    black.set_estimates({{0, 2}, {0, 2}});
    clipped.set_estimates({{0, 2}, {0, 2}});
    green.set_estimate(1);
    green_strength.set_estimate(1);
    green_threshold.set_estimate(0.1f);
    scale.set_estimate(4);
    output.set_estimates({{0, 3522}, {0, 2348}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();

    Func out = output;
    Var strip("strip");
    out.split(y, strip, y, 32, TailStrategy::GuardWithIf).parallel(strip).vectorize(x, 2 * lanes, TailStrategy::GuardWithIf);
    clean_.store_at(out, strip).compute_at(out, y).vectorize(x, lanes, TailStrategy::GuardWithIf);
    clean_.specialize(dark.dim(0).stride() == 1);
    level_.store_at(out, strip).compute_at(out, y).vectorize(x, lanes, TailStrategy::GuardWithIf);
    out.specialize(neutral_);
  }

 private:
  Var x{"x"}, y{"y"};
  Expr neutral_;
  Func clean_{"clean"}, level_{"level"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Correct, argent_correct)
