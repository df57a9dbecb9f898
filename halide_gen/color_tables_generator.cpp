// color_tables: a camera profile's tables, between the color matrix and the tone curve. Most pictures have none, and this pass is left out.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/color_matrix.h"
#include "stages/hue_sat_map.h"

namespace argent {
namespace {

using namespace Halide;

class ColorTables : public KernelGenerator<ColorTables> {
 public:
  Input<Buffer<float, 3>> linear{"linear"};                  ///< (x, y, R G B): balanced camera color
  Input<Buffer<float, 2>> matrix{"matrix"};                  ///< (column, row): to linear ProPhoto RGB, without the exposure
  Input<Buffer<float, 4>> hue_sat{"hue_sat"}, look{"look"};  ///< stages/hue_sat_map.h has their shape and kinds
  Input<int> hue_sat_kind{"hue_sat_kind"}, look_kind{"look_kind"};
  Input<float> exposure{"exposure"};          ///< between the two tables
  Output<Buffer<float, 3>> output{"output"};  ///< (x, y, R G B): linear ProPhoto RGB

  void generate() {
    // 1. Color matrix. 2. HueSatMap. 3. Exposure. 4. LookTable.
    stages::Rgb exposed = mapped(stages::color_matrix({linear(x, y, 0), linear(x, y, 1), linear(x, y, 2)}, matrix), hue_sat, hue_sat_kind);
    for (Expr& v : exposed) v = v * exposure;
    mapped_(x, y) = Tuple(exposed[0], exposed[1], exposed[2]);
    const stages::Rgb looked = mapped({mapped_(x, y)[0], mapped_(x, y)[1], mapped_(x, y)[2]}, look, look_kind);
    looked_(x, y) = Tuple(looked[0], looked[1], looked[2]);
    output(x, y, c) = mux(c, {looked_(x, y)[0], looked_(x, y)[1], looked_(x, y)[2]});
  }

  void schedule() {
    for (auto* table : {&hue_sat, &look})
      table->dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).dim(2).set_min(0).dim(3).set_min(0);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    output.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    matrix.dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 3);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    for (auto* table : {&hue_sat, &look}) table->set_estimates({{0, 3}, {0, 30}, {0, 91}, {0, 2}});
    for (auto* kind : {&hue_sat_kind, &look_kind}) kind->set_estimate(0);
    exposure.set_estimate(1);
    output.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    out.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, lanes, TailStrategy::GuardWithIf);
    out.split(y, y, yi, 8, TailStrategy::GuardWithIf).parallel(y);
    for (Func* stage : {&mapped_, &looked_}) stage->compute_at(out, yi).vectorize(x, lanes, TailStrategy::GuardWithIf);
  }

 private:
  static stages::Rgb mapped(const stages::Rgb& v, Input<Buffer<float, 4>>& table, Expr kind) {
    return stages::hue_sat_map(v, table, table.dim(1).extent(), table.dim(2).extent(), table.dim(3).extent(), kind);
  }

  Var x{"x"}, y{"y"}, yi{"yi"}, c{"c"};
  Func mapped_{"mapped"}, looked_{"looked"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::ColorTables, argent_color_tables)
