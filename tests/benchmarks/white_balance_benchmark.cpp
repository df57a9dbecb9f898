// white_balance_benchmark: what an estimate of the light costs, one thread, and its networks beside libtorch's (eager, no gradients), by
// turns in one process. Prints one table; decides nothing.
#include <cstdio>
#include <memory>

#include "aaa/illuminants/learned.h"
#include "aaa/illuminants/light_experts.h"
#include "models/runtime/context.h"
#include "tests/benchmarks/probe.h"
#include "tests/benchmarks/torch_peer.h"

namespace argent::benchmarks {
namespace {

constexpr int kTimes = 20;  // calls a measurement, so that the clock's steps don't show

/// Zones of many colors, so that the estimators have as much to do as in a rich picture.
Statistics rich_statistics() {
  Statistics s;
  s.columns = s.rows = 32;
  std::uint32_t state = 1;
  const auto unit = [&] {
    state = state * 1664525 + 1013904223;
    return static_cast<float>(state >> 8) / 16777216.0f;
  };
  for (int i = 0; i < s.columns * s.rows; i++) {
    Statistics::Zone& zone = s.zones[static_cast<std::size_t>(i)];
    const float level = 0.05f + 0.6f * unit(), red = 0.25f + 0.6f * unit(), blue = 0.25f + 0.6f * unit();
    zone.mean = zone.unclipped = {level * red, level, level * blue};
    zone.count = zone.unclipped_count = {100, 200, 100};
  }
  return s;
}

IlluminantPrior prior_of_imx708() {
  IlluminantPrior prior;
  prior.curve = {{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}};
  prior.lux = 500;
  return prior;
}

template <class Work>
Contender repeated(const char* name, Work work) {
  return {name,
          [work]() mutable {
            for (int i = 0; i < kTimes; i++) work();
          },
          {}};
}

Contender estimate(const char* name, const Statistics& statistics, const IlluminantPrior& prior) {
  const std::shared_ptr<IlluminantEstimator> estimator = make_illuminant_estimator(name);
  return repeated(name, [estimator, &statistics, &prior] { estimator->estimate(statistics, prior); });
}

}  // namespace
}  // namespace argent::benchmarks

int main() try {
  using namespace argent;
  using namespace argent::benchmarks;
  Context context(1);
  const ContextScope scope(context);
  std::printf("%s\n", contest_description(context.target(), start_torch()).c_str());
  const Statistics statistics = rich_statistics();
  const IlluminantPrior prior = prior_of_imx708();
  const LightFeatures features = light_features(statistics, prior);
  const auto experts = std::make_shared<LightExperts>(LightModel::built_in());
  LightFeatures again;
  std::vector<Contender> contenders{repeated("the networks",
                                             [=, &features] {
                                               experts->by_colors(features);
                                               experts->by_planes(features);
                                             }),
                                    {"the networks, libtorch", torch_white_balance(kTimes), {}},
                                    repeated("features", [&] { light_features(statistics, prior, again); }),
                                    estimate("grey_pixel", statistics, prior),
                                    estimate("bayes", statistics, prior),
                                    estimate("fused", statistics, prior)};
  interleave_with_pauses(contenders, 5, 25);
  for (const Contender& c : contenders) std::printf("%-26s %8.1f us\n", c.name.c_str(), 1000 * c.median() / kTimes);
  std::printf(
      "networks, argent / libtorch %.2f; %zu colors and %zu edges seen from %zu lights; FMA %.0f GFLOP/s; peak memory of all %.0f MiB\n",
      contenders[0].median() / contenders[1].median(), features.colors.size(), features.edges.size(), features.candidates.size(),
      fma_rate(1, context.target()), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "white_balance_benchmark: %s\n", error.what());
  return 1;
}
