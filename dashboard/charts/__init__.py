"""Data into figures, by what they show. The only place that knows Plotly."""

from .bars import plans as plans
from .bars import ranked as ranked
from .climbing import climbing as climbing
from .climbing import paths as paths
from .climbing import trials as trials
from .deliveries import fates as fates
from .leaving import ahead as ahead
from .leaving import runway as runway
from .mrr import trend as trend
from .mrr import trend_ahead as trend_ahead
from .mrr import waterfall as waterfall
from .owed import ageing as ageing
from .owed import recovery as recovery
from .palette import AT_RISK as AT_RISK
from .palette import CHURN as CHURN
from .palette import CONFIG as CONFIG
from .palette import CONTRACTION as CONTRACTION
from .palette import EXPANSION as EXPANSION
from .palette import FAILED as FAILED
from .palette import FATES as FATES
from .palette import NEUTRAL as NEUTRAL
from .palette import NEW as NEW
from .palette import REACTIVATION as REACTIVATION
from .rates import lines as lines
from .rates import shares as shares
