"""How long a run will still take, from what was seen of it so far."""

from collections.abc import Sequence

from rowpath.lab.conditions import Conditions
from rowpath.lab.experiment import Answer, Shape
from rowpath.lab.measures import AtRate, Load
from rowpath.lab.plan import Cell, Stage
from rowpath.lab.profile import Profile
from rowpath.lab.results import Results

START_S = 2.0
"""Four servers, started side by side on two cores."""
NEW_PROCESS_S = 0.5
"""To import Locust."""
LOAD_START_S = 0.2
"""Until Locust's process asks, and after its last answer."""
REQUEST_S = 0.01
ROW_S = 15e-6
SORTED_ROW_S = 40e-9
"""A guess for what was not seen yet: a technique's time a row, and a row's part in a sort."""
TOTALS_ROWS = 10_000
"""So many rows at the most are taken to be moved for totals, which PostgreSQL may make."""


def _moved(cell: Cell) -> int:
    """Return how many rows a request moves, as far as can be told: totals need not move theirs."""
    expects = cell.variant.expects
    is_total = isinstance(expects, Answer) and expects.shape is Shape.TOTALS
    return min(cell.rows, TOTALS_ROWS) if is_total else cell.rows


class Forecast:
    """Estimates from the tracing pass where a cell was seen, from a guess where not."""

    def __init__(
        self, stages: Sequence[Stage], profile: Profile, results: Results, *, table_rows: int
    ) -> None:
        self.stages = stages
        self._profile = profile
        self._results = results
        self._table_rows = table_rows

    def remaining_s(self) -> float:
        """Return the seconds that are left if no stage stops for its precision."""
        left = self._left()
        blocks_s = sum(self._all_blocks_s(stage) for stage in left)
        if self._profile.budget_s is not None:
            fewest_s = sum(self._fewest_s(stage) for stage in left)
            blocks_s = max(fewest_s, min(blocks_s, self._profile.budget_s - self._spent_s()))
        return blocks_s + sum(self._observe_s(stage) for stage in left)

    def allowed_s(self, stage: Stage) -> float:
        """Return the seconds that the blocks of a stage may take, those measured already included.

        Where the run has a budget, it is what the stage's fewest blocks take, and an equal part of
        what the fewest blocks of all stages that are left leave of it.
        """
        if self._profile.budget_s is None:
            return self._profile.stage_s
        left = self._left()
        fewest_s = sum(self._fewest_s(each) for each in left)
        spare_s = max(0.0, self._profile.budget_s - self._spent_s() - fewest_s)
        own_s = self._results.spent_s[stage] + self._fewest_s(stage)
        return own_s + spare_s / len(left)

    def _left(self) -> Sequence[Stage]:
        return [stage for stage in self.stages if stage not in self._results.done]

    def _spent_s(self) -> float:
        return sum(self._results.spent_s.values())

    def _observe_s(self, stage: Stage) -> float:
        unseen = (cell for cell in stage.cells if cell not in self._results.observations)
        return sum(map(self._request_s, unseen))

    def _fewest_s(self, stage: Stage) -> float:
        """Return how long those of a stage's fewest blocks take that are still to be measured."""
        return self._left_s(stage, self._profile.floor)

    def _all_blocks_s(self, stage: Stage) -> float:
        """Return how long a stage's blocks take if it ends by the clock or the last of them."""
        in_time = min(self._profile.stage_s / self._block_s(stage), self._profile.blocks)
        return self._left_s(stage, max(self._profile.floor, int(in_time)))

    def _left_s(self, stage: Stage, blocks: int) -> float:
        """Return how long a stage takes to come to that many blocks."""
        if not stage.timed:
            return 0.0
        slots = [(self._slot_s(cell), len(self._results.slots[cell])) for cell in stage.timed]
        starts = max(0, blocks - max(measured for _, measured in slots))
        return starts * START_S + sum(
            slot_s * max(0, blocks - measured) for slot_s, measured in slots
        )

    def _block_s(self, stage: Stage) -> float:
        return START_S + sum(map(self._slot_s, stage.timed))

    def _slot_s(self, cell: Cell) -> float:
        request_s = self._request_s(cell)
        if isinstance(cell.measure, Load):
            workers = cell.conditions.workers or 1
            load_s = self._profile.load_s
            start_s = LOAD_START_S + (NEW_PROCESS_S if isinstance(cell.measure, AtRate) else 0.0)
            return start_s + cell.measure.takes_s(load_s, request_s, workers)
        warm_up_s = min(request_s, REQUEST_S + cell.warm_up.rows * ROW_S)
        return warm_up_s + max(self._profile.slot_s, request_s)

    def _request_s(self, cell: Cell) -> float:
        seen = self._results.observations.get(cell.original)
        if seen is not None:
            return seen.duration_s
        sends = cell.variant.declared_statements(cell.rows) > 0
        return self._guess_s(cell.conditions, _moved(cell) if sends else 0)

    def _guess_s(self, conditions: Conditions, rows: int) -> float:
        sort_s = 0.0 if conditions.uses_index else self._table_rows * SORTED_ROW_S
        return REQUEST_S + sort_s + rows * ROW_S
