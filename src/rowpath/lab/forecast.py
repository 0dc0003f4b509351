"""How long a run will still take, from what was seen of it so far."""

from collections.abc import Sequence
from math import ceil

from rowpath.lab.conditions import Conditions
from rowpath.lab.measures import ManyUsers
from rowpath.lab.plan import Cell, Stage
from rowpath.lab.profile import WARM_UP_ROWS, Profile
from rowpath.lab.results import Results

START_S = 2.0
"""Four servers, started side by side on two cores."""
LOAD_START_S = 2.0
"""Locust's process, until it asks and after its last answer."""
REQUEST_S = 0.01
ROW_S = 15e-6
SORTED_ROW_S = 40e-9
"""A guess for what was not seen yet: a technique's time a row, and a row's part in a sort."""


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
        left = (stage for stage in self.stages if stage not in self._results.done)
        return sum(map(self._stage_s, left))

    def _stage_s(self, stage: Stage) -> float:
        observe_s = sum(
            self._request_s(cell) for cell in stage.cells if cell not in self._results.observations
        )
        slots = [(self._slot_s(cell), len(self._results.slots[cell])) for cell in stage.timed]
        if not slots:
            return observe_s
        blocks = self._blocks(START_S + sum(slot_s for slot_s, _ in slots))
        starts = max(0, blocks - max(measured for _, measured in slots))
        slots_s = sum(slot_s * max(0, blocks - measured) for slot_s, measured in slots)
        return observe_s + starts * START_S + slots_s

    def _blocks(self, block_s: float) -> int:
        """Return how many blocks of this length a stage has time for, within its bounds."""
        profile = self._profile
        in_time = ceil(min(profile.stage_s / block_s, profile.blocks))
        return max(profile.floor, in_time)

    def _slot_s(self, cell: Cell) -> float:
        request_s = self._request_s(cell)
        if isinstance(cell.measure, ManyUsers):
            # Who was asking when the time was over is answered still.
            return LOAD_START_S + self._profile.load_s + cell.measure.users * request_s
        warm_up_s = min(request_s, self._guess_s(cell.conditions, WARM_UP_ROWS))
        return warm_up_s + max(self._profile.slot_s, request_s)

    def _request_s(self, cell: Cell) -> float:
        seen = self._results.observations.get(cell)
        if seen is not None:
            return seen.duration_s
        return self._guess_s(
            cell.conditions, cell.rows if cell.variant.declared_statements(cell.rows) else 0
        )

    def _guess_s(self, conditions: Conditions, rows: int) -> float:
        sort_s = 0.0 if conditions.uses_index else self._table_rows * SORTED_ROW_S
        return REQUEST_S + sort_s + rows * ROW_S
